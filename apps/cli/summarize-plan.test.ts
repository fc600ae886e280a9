import { describe, expect, it } from 'vitest';
import { rangesOf, summarizePlan } from './summarize-plan.ts';
import { examplePlan, manyVms, networkStep, vmStep } from './testing/example-plan.ts';

const textsOf = (plan: Parameters<typeof summarizePlan>[0]) =>
  summarizePlan(plan).changes.map(({ change, text }) => `${change}: ${text}`);

describe('summarizePlan', () => {
  it('says what happens to a thousand equal VMs in one line each', () => {
    const plan = examplePlan([networkStep('private'), ...manyVms(1000)]);
    expect(textsOf(plan)).toEqual([
      'create: create private network private at site',
      'create: create VM node 1-1000 (1 CPU, 512 MiB) at site',
      'run: configure node 1-1000 with puppet at site',
    ]);
    const { counts, runs } = summarizePlan(plan);
    expect(counts).toEqual({ create: 1001, change: 0, replace: 0, delete: 0 });
    expect(runs).toEqual({ configure: 1000 });
  });

  it('keeps apart what differs in size, place or system', () => {
    const steps = [
      vmStep('create', 'node-1', { detail: ' (1 CPU, 512 MiB)' }),
      vmStep('create', 'node-2', { detail: ' (2 CPU, 512 MiB)' }),
      vmStep('create', 'node-3', { detail: ' (1 CPU, 512 MiB)', vmm: 'other' }),
      vmStep('create', 'front-1', { detail: ' (1 CPU, 512 MiB)' }),
    ];
    expect(textsOf(examplePlan(steps))).toHaveLength(4);
  });

  it('shows a VM that is removed and made again as one replacement, moved or not', () => {
    const here = vmStep('delete', 'node-1');
    const moving = vmStep('delete', 'node-2', { vmm: 'old' });
    const gone = vmStep('delete', 'node-3');
    const plan = examplePlan([
      here,
      moving,
      gone,
      vmStep('create', 'node-1', { after: [here.id] }),
      vmStep('create', 'node-2', { after: [moving.id] }),
    ]);
    expect(textsOf(plan)).toEqual([
      'replace: replace VM node 1-2 at site',
      'delete: delete VM node 3 at site',
    ]);
    expect(summarizePlan(plan).counts).toEqual({ create: 0, change: 0, replace: 2, delete: 1 });
  });

  it('orders by what happens, and counts what is run by its verb', () => {
    const plan = examplePlan([
      vmStep('reboot', 'a-1'),
      vmStep('delete', 'b-1'),
      { ...vmStep('update', 'c-1'), title: 'change VM inf-abcd1234-c-1 in place (1 -> 2 CPU)' },
      {
        id: 'forget-infrastructure',
        kind: 'forget-infrastructure@1',
        title: 'forget its keys',
        args: {},
        after: [],
      },
    ]);
    expect(textsOf(plan)).toEqual([
      'change: change VM c 1 in place (1 -> 2 CPU) at site',
      'delete: delete VM b 1 at site',
      'delete: forget its keys',
      'run: reboot VM a 1 at site',
    ]);
    expect(summarizePlan(plan)).toMatchObject({ counts: { change: 1, delete: 1 }, runs: { reboot: 1 } });
  });

  it('names disks by their VM and their place there', () => {
    const disk = (name: string) => ({
      id: `create-disk:${name}@site`,
      kind: 'create-disk@1',
      title: `create disk ${name} (10 GiB)`,
      args: { vmm: 'site' },
      after: [],
    });
    const steps = [
      disk('inf-abcd1234-db-1-disk1'),
      disk('inf-abcd1234-db-2-disk1'),
      disk('keys-0a1b2c-db-1-disk2'),
    ];
    expect(textsOf(examplePlan(steps))).toEqual([
      'create: create disk db 1-2 disk1 (10 GiB) at site',
      'create: create disk keys-0a1b2c-db 1 disk2 (10 GiB) at site',
    ]);
  });
});

it.each([
  [[1, 2, 3], '1-3'],
  [[3, 1, 7, 2], '1-3,7'],
  [[5], '5'],
])('rangesOf %j is %s', (numbers, text) => {
  expect(rangesOf(numbers)).toBe(text);
});

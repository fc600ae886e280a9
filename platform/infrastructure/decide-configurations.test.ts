import { sha256OfJson, sha256OfText } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import type {
  DesiredConfiguration,
  DesiredInfrastructure,
  DesiredVm,
  ObservedInfrastructure,
} from './model.ts';
import { planDeploy } from './plan.ts';
import { vmName } from './resource-names.ts';
import { nothingObserved } from './testing/arbitrary-infrastructure.ts';
import { desiredFront, exampleConfiguration, exampleInfrastructure } from './testing/examples.ts';
import { simulatePlan } from './testing/simulate-plan.ts';

const infrastructure = exampleInfrastructure('front');
const base = desiredFront(infrastructure);
const nameOf = (number: number) => vmName(infrastructure.id, 'front', number);

interface Shape {
  readonly peers?: 'all' | readonly number[];
  readonly steps?: readonly (number | Partial<DesiredConfiguration>)[];
}

/** VMs 1, 2, ... that know each other as said, each step with a recipe of its own. */
function desiredOf(...shapes: readonly Shape[]): DesiredInfrastructure {
  const vms = shapes.map(({ peers = [], steps = [1] }, index): DesiredVm => {
    const number = index + 1;
    const configurations = steps.map((given) => {
      const changes = typeof given === 'number' ? { step: given } : given;
      return exampleConfiguration({
        digest: sha256OfText(`${number} ${JSON.stringify(changes)}`),
        ...changes,
      });
    });
    return {
      ...base.vms[0]!,
      number,
      ordinal: index,
      spec: { ...base.vms[0]!.spec, name: nameOf(number), disks: [] },
      configurations,
      peers: peers === 'all' ? peers : peers.map(nameOf),
    };
  });
  return { ...base, disks: [], databases: [], vms };
}

const plan = (desired: DesiredInfrastructure, observed: ObservedInfrastructure) =>
  planDeploy(desired, observed, { hash: sha256OfJson });

function deployed(desired: DesiredInfrastructure): ObservedInfrastructure {
  return simulatePlan(plan(desired, nothingObserved), nothingObserved, { desired });
}

/** `2:1`: step 1 on VM 2. */
function configured(desired: DesiredInfrastructure, observed: ObservedInfrastructure): readonly string[] {
  return plan(desired, observed).flatMap(({ id }) => {
    const [, number, step] = /^configure-vm:.*-(\d+):(\d+):\w+$/.exec(id) ?? [];
    return number === undefined ? [] : [`${number}:${step}`];
  });
}

function without(observed: ObservedInfrastructure, ...numbers: readonly number[]): ObservedInfrastructure {
  const lost = new Set(numbers.map(nameOf));
  return { ...observed, vms: observed.vms.filter(({ name }) => !lost.has(name)) };
}

describe('a VM that is replaced', () => {
  it('has those configured again that build on it, and no others', () => {
    const desired = desiredOf({}, { peers: [1] }, { peers: [2] }, { peers: [4] }, {});
    expect(configured(desired, without(deployed(desired), 1))).toEqual(['1:1', '2:1']);
    expect(configured(desired, without(deployed(desired), 2))).toEqual(['2:1', '3:1']);
    expect(configured(desired, without(deployed(desired), 5))).toEqual(['5:1']);
  });

  it('has all configured again that build on all', () => {
    const desired = desiredOf({ peers: 'all' }, {}, { peers: 'all' });
    expect(configured(desired, without(deployed(desired), 2))).toEqual(['1:1', '2:1', '3:1']);
  });
});

describe('VMs that build on all', () => {
  it('are configured again when one comes or goes; the others are not', () => {
    const two = desiredOf({ peers: 'all' }, {});
    const three = desiredOf({ peers: 'all' }, {}, {});
    expect(configured(three, deployed(two))).toEqual(['1:1', '3:1']);
    expect(configured(two, deployed(three))).toEqual(['1:1']);
  });

  it('are configured again when an address changes', () => {
    const desired = desiredOf({ peers: 'all' }, {}, { peers: [2] });
    const before = deployed(desired);
    const vms = before.vms.map((vm) =>
      vm.name === nameOf(2)
        ? { ...vm, addresses: vm.addresses.map((each) => ({ ...each, address: '10.9.9.9' })) }
        : vm,
    );
    expect(configured(desired, { ...before, vms })).toEqual(['1:1', '2:1', '3:1']);
  });

  it('wait for one barrier that waits for all', () => {
    const steps = plan(desiredOf({ peers: 'all' }, { peers: 'all' }, { peers: [1] }), nothingObserved);
    const shells = steps.flatMap(({ id, kind }) => (kind === 'await-shell@1' ? [id] : []));
    expect(steps.find(({ id }) => id === 'barrier:all-up')?.after).toEqual(shells);
    const after = steps.flatMap((step) => (step.kind === 'configure-vm@2' ? [step.after] : []));
    expect(after).toEqual([
      [shells[0], 'barrier:all-up'],
      [shells[1], 'barrier:all-up'],
      [shells[2], shells[0]],
    ]);
  });
});

describe('steps of contextualization', () => {
  const staged = desiredOf({ steps: [1, 2, 4] }, { steps: [2] }, { steps: [1] });

  it('wait for the one before on all VMs, and only for that', () => {
    const steps = plan(staged, nothingObserved);
    const afterOf = (start: string) =>
      steps.find(({ id }) => id.startsWith(start))?.after.filter((each) => !each.startsWith('await-shell:'));
    const run = (number: number, step: number) => `configure-vm:${nameOf(number)}:${step}:puppet`;
    expect(afterOf('barrier:step-1')).toEqual([run(1, 1), run(3, 1)]);
    expect(afterOf('barrier:step-2')).toEqual([run(1, 2), run(2, 2)]);
    expect(steps.some(({ id }) => id === 'barrier:step-4')).toBe(false);
    expect(afterOf(run(1, 1))).toEqual([]);
    expect(afterOf(run(2, 2))).toEqual(['barrier:step-1']);
    expect(afterOf(run(1, 4))).toEqual(['barrier:step-2', run(1, 1), run(1, 2)]);
    expect(steps.find(({ id }) => id === 'barrier:step-1')?.waitsFor).toBe('end');
  });

  it('are done again from the first that changed, on that VM alone', () => {
    const changed = desiredOf(
      { steps: [1, { step: 2, digest: sha256OfText('another') }, 4] },
      { steps: [2] },
      { steps: [1] },
    );
    expect(configured(changed, deployed(staged))).toEqual(['1:2', '1:4']);
  });

  it('go on with the one that failed', () => {
    const before = deployed(staged);
    const { '2:puppet': _, '4:puppet': __, ...done } = before.configured[nameOf(1)]!;
    const stopped = { ...before, configured: { ...before.configured, [nameOf(1)]: done } };
    expect(configured(staged, stopped)).toEqual(['1:2', '1:4']);
  });

  it('take turns where two configurators share one', () => {
    const desired = desiredOf({ steps: [{ configurator: 'ansible' }, { configurator: 'puppet' }] });
    const [first, second] = plan(desired, nothingObserved).filter(({ kind }) => kind === 'configure-vm@2');
    expect(second?.after).toContain(first?.id);
    expect(first?.after).not.toContain(second?.id);
  });
});

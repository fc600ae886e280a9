import type { Process, ScalingGroup, ScalingGroupDriver } from '@trencadis/availability';
import { PlatformError } from '@trencadis/errors';
import { brandId, newInfrastructureId, sha256OfText } from '@trencadis/ids';
import { beforeEach, describe, expect, it } from 'vitest';
import type { GroupChange } from './change-group.ts';
import type { Group } from './fleet.ts';
import { NativeControl } from './native-control.ts';
import { exampleSpec } from './testing/examples.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { evaluationView, listedView, statusView } from './views.ts';

const signal = new AbortController().signal;
const spec = exampleSpec({ scaling: { ...exampleSpec().scaling, engine: 'native' } });
const group: Group = {
  infrastructureId: newInfrastructureId(),
  serviceId: spec.id,
  infrastructureName: 'shop',
  owner: 'ana',
  spec,
  documentDigest: sha256OfText(''),
  counts: { '': 2 },
};
const instance = {
  name: brandId('VmName', 'i-1'),
  phase: 'in-service',
  lifecycle: 'InService',
  isHealthy: true,
  isProtected: false,
  isOutdated: true,
} as const;
const seen: ScalingGroup = {
  name: 'inf-front-group',
  tag: brandId('Tag', group.infrastructureId),
  status: 'active',
  min: 2,
  max: 4,
  desired: 2,
  suspended: ['replace'],
  instances: [instance, { ...instance, name: brandId('VmName', 'i-2'), phase: 'booting', isHealthy: false }],
  activities: [
    { at: 2_000, status: 'running', text: 'Launching i-2.', because: 'increasing the capacity from 1 to 2.' },
    { at: 1_000, status: 'done', text: 'Launching i-1.', because: '' },
  ],
};

let asked: string[];
let answer: () => ScalingGroup | undefined;
let control: NativeControl;

beforeEach(() => {
  asked = [];
  answer = () => seen;
  const driver: Partial<ScalingGroupDriver> = {
    describeGroup: async () => answer(),
    setDesired: async (name, desired) => void asked.push(`${name} ${desired}`),
    setSuspended: async (_name, all: readonly Process[]) => void asked.push(all.join(' ')),
    setProtected: async (place, isProtected) => void asked.push(`${place.instance} ${isProtected}`),
    rollGroup: async (_name, roll) => void asked.push(`roll ${roll.minHealthyPercent}`),
  };
  control = new NativeControl({
    clock: new ManualClock(),
    native: {
      listGroups: async () => [group],
      describe: async () => {
        const told = answer();
        return told && { product: 'Engine', group: told, endpoints: ['http://lb:80'] };
      },
      open: async () => ({ driver: driver as ScalingGroupDriver, name: seen.name }),
    },
  });
});

async function allOf<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const change = (wanted: GroupChange) => control.change(group, wanted, signal);

describe('a service that a VM manager keeps', () => {
  it('is shown as its engine tells it', async () => {
    const status = statusView(await control.known(group, signal), []);
    expect(status).toMatchObject({
      engine: 'native',
      desired: 2,
      inService: 1,
      condition: 'degraded',
      because: '1 of 2 replicas are in service',
      suspended: ['replace'],
      hasOwnBounds: false,
      endpoints: ['http://lb:80'],
      replicas: [
        { name: 'i-1', vm: 'running', isOutdated: true },
        { name: 'i-2', vm: 'creating', because: 'unhealthy (InService)' },
      ],
    });
    expect(status.troubles.join()).toContain('Engine decides');
  });

  it('is listed where its engine does not answer, or does not know of it yet', async () => {
    answer = () => undefined;
    const [unknown] = await control.list([group.infrastructureId], signal);
    expect(listedView(unknown!).because).toContain('not been told of it yet');
    answer = () => {
      throw new PlatformError('unavailable', 'Amazon is silent.');
    };
    const [silent] = await control.list([group.infrastructureId], signal);
    expect(listedView(silent!)).toMatchObject({ condition: 'degraded', because: 'Amazon is silent.' });
    expect(await control.list([newInfrastructureId()], signal)).toEqual([]);
  });

  it('is explained in the words of its engine', async () => {
    const evaluations = await control.evaluations(group, { limit: 1 }, signal);
    expect(evaluations.map((each) => evaluationView(each, { hasSnapshot: true }))).toMatchObject([
      {
        desiredBefore: 1,
        desiredAfter: 2,
        verdict: 'Engine: Launching i-2. (running)',
        findings: [{ rule: 'Engine', text: 'increasing the capacity from 1 to 2.' }],
      },
    ]);
  });

  it('has its activities as events, the oldest first, each of them once', async () => {
    const query = { group, last: 10, follow: false };
    const all = await allOf(control.events(query, signal));
    expect(all.map(({ sequence, at }) => [sequence, at])).toEqual([
      [1_000, 1_000],
      [2_000, 2_000],
    ]);
    const later = await allOf(control.events({ ...query, after: 1_000 }, signal));
    expect(later).toEqual(all.slice(1));
  });

  it('is operated by its engine', async () => {
    await change({ kind: 'scale', desired: 3 });
    await change({ kind: 'suspend', processes: ['scale'] });
    await change({ kind: 'resume' });
    await change({ kind: 'protect', vms: [instance.name], isProtected: true });
    await change({ kind: 'roll', act: 'start' });
    expect(asked).toEqual(['inf-front-group 3', 'replace scale', '', 'i-1 true', 'roll 90']);
  });

  it.each<GroupChange>([
    { kind: 'scale', max: 9 },
    { kind: 'scale', desired: 9, isForced: true },
    { kind: 'thaw' },
    { kind: 'standby', vms: [instance.name], isStandby: true },
    { kind: 'roll', act: 'pause' },
    { kind: 'roll', act: 'refresh' },
  ])('is not operated in ways that its engine does not know: %o', async (wanted) => {
    await expect(change(wanted)).rejects.toMatchObject({ code: 'unsupported' });
    expect(asked).toEqual([]);
  });
});

import { itResumesAfterEveryLogWrite, itUnwindsFromEveryStep } from '@trencadis/saga/testing';
import type { VmName } from '@trencadis/ids';
import type { Infrastructure, Plan } from '@trencadis/infrastructure';
import { vmName } from '@trencadis/infrastructure/services';
import { afterAll, describe, expect, it } from 'vitest';
import { leapingClock } from './leaping-clock.ts';
import { keyServer, planKeyServer } from './plan-key-server.ts';
import { runChange } from './saga-worlds.ts';
import { changed, deployed, replica, scaleTo, serviceSaga, short } from './service-changes.ts';
import { serviceDocument } from './service-document.ts';
import { type SimulatedPlatform, simulatePlatform } from './simulated-platform.ts';
import { SimulatedService } from './simulated-service.ts';

const out = scaleTo(2, { standby: [replica(1)], leave: [replica(1)] });
const exchanged = scaleTo(2, { standby: [], finish: [replica(1)], retire: [replica(3)] });
const withAnother = scaleTo(3, { standby: [replica(1)] });
const again = scaleTo(2, { finish: [replica(1)] });

async function begin(): Promise<SimulatedPlatform> {
  const platform = await simulatePlatform({ clock: leapingClock() });
  await runChange(platform, deployed);
  return platform;
}

async function idsOf(platform: SimulatedPlatform, change: Parameters<typeof planKeyServer>[1]) {
  const { steps } = await planKeyServer(platform, change);
  return steps.map(({ id }) => short(id)).filter((id) => id !== 'adopt-target');
}

/** Numbers of the replicas that get requests. */
function servingOf({ balancers }: SimulatedPlatform): readonly number[] {
  return balancers
    .inventory()
    .flatMap((each) => (each.startsWith('member') ? [Number(/-(\d+):80/.exec(each)?.[1])] : []))
    .toSorted((one, other) => one - other);
}

describe('a replica on standby', () => {
  it('gets no requests, whatever is planned, until it comes back', async () => {
    await using platform = await begin();
    expect(await idsOf(platform, out)).toEqual(['leave-service:1']);
    await runChange(platform, out);
    expect(servingOf(platform)).toEqual([2]);
    expect(await idsOf(platform, { kind: 'repair' })).toEqual([]);
    await runChange(platform, changed);
    await runChange(platform, withAnother);
    expect(servingOf(platform)).toEqual([2, 3]);
    platform.site.removeVm(replica(1));
    await runChange(platform, { kind: 'repair' });
    expect(servingOf(platform)).toEqual([2, 3]);
    await runChange(platform, exchanged);
    expect(servingOf(platform)).toEqual([1, 2]);
    expect(
      (await platform.world.store.find(keyServer.id))?.members.map(({ number }) => number),
    ).not.toContain(3);
    expect(await idsOf(platform, { kind: 'repair' })).toEqual([]);
  });

  it('that was lost from the balancer by hand is let in again when that is asked for', async () => {
    await using platform = await begin();
    const [world] = platform.balancers.worlds();
    for (const { members } of world!.balancers.values())
      for (const [key, { spec }] of members) if (spec.name === replica(1)) members.delete(key);
    expect(servingOf(platform)).toEqual([2]);
    expect(await idsOf(platform, scaleTo(2))).toEqual([]);
    expect(await idsOf(platform, again)).toEqual(['join-service:1']);
    await runChange(platform, again);
    expect(servingOf(platform)).toEqual([1, 2]);
  });
});

describe('a deployed infrastructure', () => {
  it('knows who of its replicas stand by, and is as desired all the same', async () => {
    await using simulated = await SimulatedService.start({ clock: leapingClock() });
    const plan = await simulated.plan(serviceDocument());
    await simulated.apply(plan);
    expect(await simulated.wait(plan)).toBe('succeeded');
    const first = replicaOf(plan, await simulated.infrastructureOf(plan));
    const change = async (changes: Parameters<typeof scaleTo>[1]) => {
      const next = await simulated.planChange(plan, scaleTo(2, changes));
      await simulated.apply(next);
      expect(await simulated.wait(next)).toBe('succeeded');
      const { members } = await simulated.infrastructureOf(plan);
      const { conditions } = await simulated.statusOf(plan);
      const isAsDesired = conditions.find(({ type }) => type === 'AsDesired')?.status;
      const kinds = next.steps.map(({ kind }) => kind);
      return { kinds, standby: replicasOf(members).map(({ isStandby = false }) => isStandby), isAsDesired };
    };
    const isOut = { standby: [true, false], isAsDesired: 'true' };
    const standby = [first];
    const left = await change({ standby, leave: standby });
    expect(left).toEqual({ kinds: ['adopt-target@1', 'leave-service@1'], ...isOut });
    expect((await simulated.planChange(plan, scaleTo(2, { standby }))).steps).toEqual([]);

    const isIn = { standby: [false, false] };
    const told = await change({ standby: [] });
    expect(told).toEqual({ kinds: ['adopt-target@1'], ...isIn, isAsDesired: 'false' });
    const back = await change({ standby: [], finish: standby });
    expect(back).toEqual({ kinds: ['join-service@1'], ...isIn, isAsDesired: 'true' });
  });
});

function replicaOf({ infrastructureId }: Plan, { members }: Pick<Infrastructure, 'members'>): VmName {
  const { systemId, number } = replicasOf(members)[0]!;
  return vmName(infrastructureId, systemId, number);
}

const replicasOf = (members: Infrastructure['members']) =>
  members.filter(({ systemId }) => systemId === 'GT4_JAVA_ANT');

const leaving = await serviceSaga(out, deployed);
const returning = await serviceSaga(exchanged, deployed, out, withAnother);
const finishing = await serviceSaga(again, deployed);
afterAll(() => Promise.all([leaving, returning, finishing].map((each) => each.dispose())));

describe.each([
  ['takes a replica out of service for standby', leaving],
  ['brings one back, and then takes its successor away', returning],
  ['finishes one', finishing],
])('a plan that %s', (_, { graph, makeWorld }) => {
  itUnwindsFromEveryStep(graph, makeWorld);
  itResumesAfterEveryLogWrite(graph, makeWorld);
});

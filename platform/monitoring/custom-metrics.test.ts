import { brandId } from '@trencadis/ids';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CustomMetrics, createCustomMetrics, createHeartbeats, mostNames } from './index.ts';
import { type SteppedClock, createSteppedClock } from './testing/stepped-clock.ts';

const service = 'inf-abcdefgh/web';
const vm = brandId('VmName', 'web-0');

let clock: SteppedClock;
let metrics: CustomMetrics;
beforeEach(() => {
  clock = createSteppedClock();
  metrics = createCustomMetrics(clock);
});

describe("a service's own metrics", () => {
  it('are the newest of each, of VMs and of the group', async () => {
    const start = clock.now().getTime();
    metrics.push([
      { service, metric: 'queue.length', value: 3 },
      { service, vm, metric: 'sessions', value: 10 },
    ]);
    await clock.advance(1000);
    metrics.push([
      { service, vm, metric: 'sessions', value: 11 },
      { service: 'inf-abcdefgh/other', metric: 'queue.length', value: 99 },
    ]);
    expect(metrics.samplesOf(service)).toEqual({
      byReplica: { sessions: { [vm]: { at: start + 1000, value: 11 } } },
      ofGroup: { 'queue.length': { at: start, value: 3 } },
    });
  });

  it('are forgotten when old, with their VM, with their service', async () => {
    metrics.push([{ service, vm, metric: 'a', value: 1 }]);
    await clock.advance(600_001);
    expect(metrics.samplesOf(service)).toEqual({ byReplica: {}, ofGroup: {} });
    metrics.push([{ service, vm, metric: 'a', value: 1 }]);
    metrics.push([{ service, metric: 'a', value: 2 }]);
    metrics.forgetVm(service, vm);
    expect(metrics.samplesOf(service).byReplica).toEqual({});
    metrics.forgetService(service);
    expect(metrics.samplesOf(service).ofGroup).toEqual({});
  });

  it.each(['', 'A', '1a', 'a b', '__proto__', 'a'.repeat(64), 'cpu', 'requests'])(
    "may not be called '%s'",
    (metric) => {
      const push = () => metrics.push([{ service, metric, value: 1 }]);
      expect(push).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    },
  );

  it.each([Number.NaN, Infinity, -Infinity])(
    'may not be %s, and nothing is taken of such a push',
    (value) => {
      const push = () =>
        metrics.push([
          { service, metric: 'fine', value: 1 },
          { service, metric: 'bad', value },
        ]);
      expect(push).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
      expect(metrics.samplesOf(service).ofGroup).toEqual({});
    },
  );

  it(`are at most ${mostNames}, until one is not pushed any more`, async () => {
    const named = (name: string) => ({ service, metric: name, value: 1 });
    const names = Array.from({ length: mostNames }, (_, index) => `m${index}`);
    metrics.push(names.map(named));
    metrics.push([named('m0')]);
    expect(() => metrics.push([named('one-more')])).toThrow(
      expect.objectContaining({ code: 'quota-exceeded' }),
    );
    await clock.advance(300_000);
    metrics.push(names.slice(1).map(named));
    await clock.advance(300_001);
    metrics.push([named('one-more')]);
    expect(Object.keys(metrics.samplesOf(service).ofGroup)).toHaveLength(mostNames);
  });

  it("may have names of JavaScript's own", () => {
    metrics.push([{ service, vm, metric: 'constructor', value: 1 }]);
    expect(metrics.samplesOf(service).byReplica['constructor']).toMatchObject({ [vm]: { value: 1 } });
  });
});

describe('heartbeats', () => {
  it('have an age until they are forgotten', async () => {
    const heartbeats = createHeartbeats(clock);
    expect(heartbeats.ageMs(vm)).toBeUndefined();
    heartbeats.beat(vm);
    await clock.advance(1500);
    expect(heartbeats.ageMs(vm)).toBe(1500);
    expect(heartbeats.lastOf(vm)).toBe(clock.now().getTime() - 1500);
    heartbeats.forget(vm);
    expect(heartbeats.lastOf(vm)).toBeUndefined();
  });
});

import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { decideGroup } from './decide-group.ts';
import type { ReplicaSpec } from './model.ts';
import { breachesOf } from './testing/breaches.ts';
import { endFaults, faultKinds, faults, nthOf, unlock } from './testing/faults.ts';
import { type CrashPoint, SimulatedGroup, type SimulatedTick } from './testing/simulated-group.ts';
import { seededRandom } from './testing/seeded-random.ts';
import { simulatedSpec } from './testing/simulated-spec.ts';

const crashPoints: readonly CrashPoint[] = ['before-write', 'after-write', 'after-start', 'mid-plan'];

const mishaps = fc.array(
  fc.record({ kind: fc.constantFrom(...faultKinds, 'crash', 'nothing'), pick: fc.nat(1000) }),
  { maxLength: 30 },
);

const replicaSpecs: fc.Arbitrary<Partial<ReplicaSpec>> = fc
  .record({
    min: fc.integer({ min: 0, max: 5 }),
    extra: fc.integer({ min: 0, max: 20 }),
    replace: fc.constantFrom('launch-first' as const, 'terminate-first' as const),
    clouds: fc.constantFrom([], ['a'], ['a', 'b'], ['a', 'b', 'c']),
    place: fc.constantFrom('fallback' as const, 'spread' as const),
    victim: fc.constantFrom('oldest' as const, 'newest' as const),
    mostBooting: fc.integer({ min: 1, max: 10 }),
  })
  .map(({ min, extra, ...spec }) => ({ ...spec, min, max: min + extra }));

/** Decisions break nothing, and are the same when what they build on comes back from a store. */
function judge(tick: SimulatedTick): void {
  expect(breachesOf(tick)).toEqual([]);
  const stored = JSON.parse(JSON.stringify(tick.snapshot)) as typeof tick.snapshot;
  expect(decideGroup(stored)).toEqual(tick.decision);
}

describe('decideGroup', () => {
  test.prop([replicaSpecs, mishaps, fc.nat(), fc.boolean()], { numRuns: 150 })(
    'keeps what it must through any faults, and ends at full size with nothing left over',
    (replicas, planned, seed, holdsDisk) => {
      const spec = simulatedSpec({ replicas, scaling: { warmupMs: 15_000 } });
      const group = new SimulatedGroup(spec, { seed, holdsDisk });
      group.onTick = judge;
      for (const { kind, pick } of planned) {
        if (kind === 'crash') group.tick(nthOf(crashPoints, pick));
        else if (kind !== 'nothing') faults[kind](group, pick);
        group.run(pick % 20);
      }
      endFaults(group);
      group.run(30);
      unlock(group);
      group.runUntil((one) => one.isWhole(), 2000);
    },
  );

  it('loses and doubles nothing at 1,000 random crash points', () => {
    const random = seededRandom(7);
    const kinds = ['vanish', 'stop', 'freeze', 'resize', 'roll'] as const;
    for (let crashes = 0; crashes < 1000;) {
      const group = new SimulatedGroup(simulatedSpec({ replicas: { min: 4, max: 8 } }), { seed: crashes });
      group.onTick = judge;
      for (let round = 0; round < 20; round++, crashes++) {
        const pick = Math.floor(random() * 1000);
        const kind = nthOf(kinds, pick);
        if (kind !== undefined) faults[kind](group, pick);
        group.run(Math.floor(random() * 15));
        group.tick(nthOf(crashPoints, Math.floor(random() * 4)));
      }
      unlock(group);
      group.runUntil((one) => one.isWhole());
      expect(group.world.vms.size).toBe(group.state.desired);
    }
  });
});

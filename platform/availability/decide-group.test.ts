import { fc, test } from '@fast-check/vitest';
import type { VmName } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { decideGroup } from './decide-group.ts';
import type { ReplicaSpec } from './model.ts';
import { breachesOf } from './testing/breaches.ts';
import { type CrashPoint, SimulatedGroup } from './testing/simulated-group.ts';
import { seededRandom } from './testing/seeded-random.ts';
import { simulatedSpec } from './testing/simulated-spec.ts';

const crashPoints: readonly CrashPoint[] = ['before-write', 'after-write', 'after-start', 'mid-plan'];

type Fault =
  | { readonly kind: 'vanish' | 'stop' | 'freeze' | 'protect' | 'crash'; readonly pick: number }
  | { readonly kind: 'silence' | 'fail-launches' | 'lack-room' | 'leave'; readonly pick: number }
  | { readonly kind: 'resize' | 'roll' | 'unfreeze' | 'nothing'; readonly pick: number };

const faults = fc.array(
  fc.record({
    kind: fc.constantFrom<Fault['kind']>(
      ...(['vanish', 'stop', 'freeze', 'protect', 'crash', 'silence', 'fail-launches', 'lack-room'] as const),
      ...(['leave', 'resize', 'roll', 'unfreeze', 'nothing'] as const),
    ),
    pick: fc.nat(1000),
  }),
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

function nthOf<Item>(items: Iterable<Item>, pick: number): Item | undefined {
  const all = [...items];
  return all[pick % Math.max(1, all.length)];
}

function cause({ world, ...group }: SimulatedGroup, { kind, pick }: Fault): void {
  const vm = nthOf(world.vms.values(), pick);
  const cloud = nthOf(world.clouds.values(), pick);
  if (kind === 'vanish' && vm !== undefined) world.vms.delete(vm.name);
  if (kind === 'stop' && vm !== undefined) vm.state = pick % 2 === 0 ? 'stopped' : 'failed';
  if (kind === 'freeze' && vm !== undefined) vm.isFrozen = true;
  if (kind === 'silence') cloud!.silentUntil = world.now + (pick % 300) * 1000;
  if (kind === 'fail-launches')
    cloud!.failures.push(...Array.from({ length: pick % 6 }, () => (pick % 2 ? 'internal' : 'unavailable')));
  if (kind === 'lack-room') cloud!.room = pick % 4;
  if (kind === 'leave') world.leftovers = (pick % 3) / 2;
  if (kind === 'roll') world.version++;
  void group;
}

/** Operators do what faults do not. */
function operate(group: SimulatedGroup, { kind, pick }: Fault): void {
  const { state } = group;
  const { min, max } = group.spec.replicas;
  if (kind === 'resize') group.state = { ...state, desired: min + (pick % (max - min + 1)) };
  const name = nthOf(Object.keys(state.replicas) as VmName[], pick);
  const record = name === undefined ? undefined : state.replicas[name];
  if (kind === 'protect' && name !== undefined && record !== undefined)
    group.state = { ...state, replicas: { ...state.replicas, [name]: { ...record, isProtected: true } } };
  if (kind === 'unfreeze') lift(group);
}

function lift(group: SimulatedGroup): void {
  const { frozen: _, ...state } = group.state;
  group.state = { ...state, liftedAt: group.world.now };
}

function heal({ world, ...group }: SimulatedGroup): void {
  for (const cloud of world.clouds.values())
    Object.assign(cloud, { failures: [], silentUntil: 0, room: Infinity });
  world.leftovers = 0;
  void group;
}

/** Protection keeps a group too large; frozen replicas that nobody thaws keep one frozen: an operator ends both. */
function unlock(group: SimulatedGroup): void {
  lift(group);
  const free = Object.entries(group.state.replicas).map(([name, { isProtected: _, ...record }]) => [
    name,
    record,
  ]);
  group.state = { ...group.state, replicas: Object.fromEntries(free) as typeof group.state.replicas };
}

describe('decideGroup', () => {
  test.prop([replicaSpecs, faults, fc.nat(), fc.boolean()], { numRuns: 150 })(
    'keeps what it must through any faults, and ends at full size with nothing left over',
    (replicas, planned, seed, holdsDisk) => {
      const spec = simulatedSpec({ replicas, scaling: { warmupMs: 15_000 } });
      const group = new SimulatedGroup(spec, { seed, holdsDisk });
      group.onTick = (tick) => {
        expect(breachesOf(tick)).toEqual([]);
        const stored = JSON.parse(JSON.stringify(tick.snapshot)) as typeof tick.snapshot;
        expect(decideGroup(stored)).toEqual(tick.decision);
      };
      for (const fault of planned) {
        cause(group, fault);
        operate(group, fault);
        if (fault.kind === 'crash') group.tick(nthOf(crashPoints, fault.pick));
        group.run(fault.pick % 20);
      }
      heal(group);
      group.run(30);
      unlock(group);
      group.runUntil((one) => one.isWhole(), 2000);
    },
  );

  it('loses and doubles nothing at 1,000 random crash points', () => {
    const random = seededRandom(7);
    let crashes = 0;
    while (crashes < 1000) {
      const group = new SimulatedGroup(simulatedSpec({ replicas: { min: 4, max: 8 } }), { seed: crashes });
      group.onTick = (tick) => expect(breachesOf(tick)).toEqual([]);
      for (let round = 0; round < 20; round++, crashes++) {
        const pick = Math.floor(random() * 1000);
        const kind = nthOf(['vanish', 'stop', 'freeze', 'resize', 'roll', 'nothing'] as const, pick)!;
        cause(group, { kind, pick });
        operate(group, { kind, pick });
        group.run(Math.floor(random() * 15));
        group.tick(nthOf(crashPoints, Math.floor(random() * 4)));
      }
      heal(group);
      unlock(group);
      group.runUntil((one) => one.isWhole());
      expect(group.world.vms.size).toBe(group.state.desired);
    }
  });
});

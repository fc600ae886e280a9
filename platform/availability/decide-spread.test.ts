import { describe, expect, it } from 'vitest';
import { decideMove, placeLaunches } from './decide-spread.ts';
import { countsByCloud } from './group-facts.ts';
import type { JudgedReplica } from './judged-replica.ts';
import type { LaunchRecord, ReplicaSpec } from './model.ts';
import {
  type ExampleFacts,
  exampleFacts,
  exampleNow as now,
  exampleReplica,
} from './testing/example-facts.ts';
import { simulatedSpec } from './testing/simulated-spec.ts';

const clouds = ['a', 'b', 'c'];

function factsOf(all: readonly JudgedReplica[], replicas: Partial<ReplicaSpec>, rest: ExampleFacts = {}) {
  return exampleFacts(all, { spec: simulatedSpec({ replicas: { clouds, ...replicas } }), ...rest });
}

function places(
  launches: number,
  replicas: Partial<ReplicaSpec>,
  rest?: ExampleFacts,
  all: JudgedReplica[] = [],
) {
  return placeLaunches(factsOf(all, replicas, rest), launches, countsByCloud(all, new Set()));
}

function failed(failures: number, changes: Partial<LaunchRecord> = {}): LaunchRecord {
  return { failures, notBefore: now - 1, because: 'no host fits', ...changes };
}

const at = (cloud: string, name: string) => exampleReplica(name, { cloud });

describe('placeLaunches', () => {
  it('fills the first VM manager as far as it may, then the next', () => {
    expect(places(3, {}).at).toEqual(['a', 'a', 'a']);
    expect(places(3, { mostPerCloud: 2 }).at).toEqual(['a', 'a', 'b']);
    expect(places(9, { mostPerCloud: 1 })).toEqual({
      at: ['a', 'b', 'c'],
      because: 'no VM manager takes another replica now',
    });
  });

  it('spreads over those with fewest, and keeps their order where they are even', () => {
    expect(places(4, { place: 'spread' }).at).toEqual(['a', 'b', 'c', 'a']);
    expect(places(2, { place: 'spread' }, {}, [at('a', 'a1'), at('a', 'a2'), at('b', 'b1')]).at).toEqual([
      'c',
      'b',
    ]);
  });

  it('passes over what is full or has failed too often, and what does not answer', () => {
    const full = { state: { launches: { a: failed(1, { fullUntil: now + 1, notBefore: now + 1 }) } } };
    expect(places(1, {}, full).at).toEqual(['b']);
    expect(places(1, {}, { state: { launches: { a: failed(4) } } }).at).toEqual(['b']);
    expect(places(1, {}, { answeredAt: { a: now - 5_000, b: now } }).at).toEqual(['b']);
  });

  it('waits for one that has tries left, and says so', () => {
    const waiting = { state: { launches: { a: failed(1, { notBefore: now + 4_200 }) } } };
    expect(places(1, {}, waiting)).toEqual({
      at: [],
      because: "the next try at 'a' is in 5 s, as the last one failed: no host fits",
    });
  });

  it('asks the one whose wait is over first when all have failed too often', () => {
    const launches = { a: failed(5, { notBefore: now + 1 }), b: failed(4), c: failed(4, { notBefore: now }) };
    expect(places(1, {}, { state: { launches } }).at).toEqual(['b']);
  });

  it('boots no more at one VM manager than may boot together', () => {
    const booting = exampleReplica('a1', { cloud: 'a', standing: 'pending' });
    expect(places(3, { mostBooting: 2 }, {}, [booting]).at).toEqual(['a', 'b', 'b']);
  });
});

describe('decideMove', () => {
  const uneven = [at('a', 'a1'), at('a', 'a2'), at('b', 'b1')];

  it('moves one from the fullest to the emptiest of a spread group, and ends when they are even', () => {
    const move = decideMove(factsOf(uneven, { place: 'spread' }));
    expect(move).toMatchObject({ victim: { view: { name: 'a1' } }, to: 'c' });
    expect(decideMove(factsOf([...uneven, at('c', 'c1')], { place: 'spread' }))).toBeUndefined();
  });

  it('moves nothing of a fallback, to where launches fail, or what is protected', () => {
    expect(decideMove(factsOf(uneven, {}))).toBeUndefined();
    const troubled = { state: { launches: { c: failed(1, { notBefore: now + 1 }) } } };
    expect(decideMove(factsOf(uneven, { place: 'spread' }, troubled))).toBeUndefined();
    const kept = uneven.map(({ view }) =>
      exampleReplica(view.name, { cloud: view.cloud, isProtected: true }),
    );
    expect(decideMove(factsOf(kept, { place: 'spread' }))).toBeUndefined();
  });
});

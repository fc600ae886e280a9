import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { decideVictims } from './decide-victims.ts';
import { type JudgedReplica, nameOf } from './judged-replica.ts';
import type { ReplicaSpec } from './model.ts';
import { exampleFacts, exampleNow, exampleReplica } from './testing/example-facts.ts';
import { simulatedSpec } from './testing/simulated-spec.ts';

function victims(
  all: readonly JudgedReplica[],
  count: number,
  replicas: Partial<ReplicaSpec> = {},
): string[] {
  const facts = exampleFacts(all, { spec: simulatedSpec({ replicas }) });
  return decideVictims(facts, all, count).map(nameOf);
}

const at = (cloud: string, name: string) => exampleReplica(name, { cloud });

describe('decideVictims', () => {
  it('takes the unhealthy, then what is not warm, then the outdated, then the oldest, then by name', () => {
    const all = [
      exampleReplica('old', { since: exampleNow - 2e6 }),
      exampleReplica('b'),
      exampleReplica('a'),
      exampleReplica('outdated', { isOutdated: true, since: exampleNow }),
      exampleReplica('warming', { standing: 'warming', since: exampleNow }),
      exampleReplica('unhealthy', { standing: 'unhealthy', since: exampleNow }),
    ];
    expect(victims(all, 6)).toEqual(['unhealthy', 'warming', 'outdated', 'old', 'a', 'b']);
    expect(victims(all, 6, { victim: 'newest' }).slice(3)).toEqual(['a', 'b', 'old']);
  });

  it('takes of the VM manager with most replicas first where they are spread', () => {
    const all = [at('a', 'a1'), at('b', 'b1'), at('b', 'b2'), at('b', 'b3')];
    expect(victims(all, 3, { clouds: ['a', 'b'], place: 'spread' })).toEqual(['b1', 'b2', 'b3']);
    const even = [at('a', 'a1'), at('a', 'a2'), at('b', 'b1'), at('b', 'b2')];
    expect(victims(even, 2, { clouds: ['a', 'b'], place: 'spread' })).toEqual(['b1', 'a1']);
  });

  it('goes back the way a fallback came, and leaves first what stands where nobody asks for', () => {
    const all = [at('a', 'a1'), at('a', 'a2'), at('b', 'b1'), at('x', 'x1')];
    expect(victims(all, 3, { clouds: ['a', 'b'] })).toEqual(['x1', 'b1', 'a1']);
  });

  const replica = fc.record({
    cloud: fc.constantFrom('a', 'b', 'c'),
    isProtected: fc.boolean(),
    isOutdated: fc.boolean(),
    answers: fc.boolean(),
    standing: fc.constantFrom('in-service' as const, 'warming' as const, 'pending' as const),
    since: fc.integer({ min: exampleNow - 3, max: exampleNow }),
  });
  const place = fc.constantFrom('spread' as const, 'fallback' as const);

  test.prop([fc.array(replica, { maxLength: 12 }), fc.nat(12), place, fc.infiniteStream(fc.nat())])(
    'never takes a protected one or one out of reach, as many as asked for if there are, whatever their order',
    (examples, count, how, picks) => {
      const all = examples.map((example, index) => exampleReplica(`vm-${index}`, example));
      const chosen = victims(all, count, { clouds: ['a', 'b'], place: how });
      const free = all.filter(({ record, answers }) => record.isProtected !== true && answers).map(nameOf);
      expect(chosen).toHaveLength(Math.min(count, free.length));
      expect(free).toEqual(expect.arrayContaining(chosen));
      const shuffled = all.toSorted(() => (picks.next().value % 2 === 0 ? 1 : -1));
      expect(victims(shuffled, count, { clouds: ['a', 'b'], place: how })).toEqual(chosen);
    },
  );
});

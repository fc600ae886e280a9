import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { judgeRequirement } from './judge-requirement.ts';
import { matchImages } from './match.ts';
import type { MatchResult, Requirement, Vmi } from './model.ts';
import { readingsOf } from './reading.ts';
import { paperVmi } from './testing/table-1.ts';

const idsOf = (result: MatchResult): readonly string[] => result.ranked.map(({ vmi }) => vmi.id);

describe('for any requirements and any catalog', () => {
  const version = fc.constantFrom('1', '1.6', '1.6.0.35', '6u35', '4.2.1', '5.7', '12');
  const name = fc.constantFrom('jdk', 'Java', 'ant', 'globus', 'node');
  const operator = fc.constantFrom('=', '!=', '<', '<=', '>', '>=', 'prefix' as const);
  const requirement: fc.Arbitrary<Requirement> = fc.oneof(
    fc.record({ kind: fc.constant('application' as const), name, operator, version }),
    fc.record({ kind: fc.constant('application' as const), name }),
    fc.record({
      kind: fc.constant('attribute' as const),
      key: fc.constant('os.version' as const),
      operator,
      value: version,
    }),
    fc.record({
      kind: fc.constant('attribute' as const),
      key: fc.constant('os.flavour' as const),
      operator,
      value: fc.constantFrom('Debian', 'SL', 'Scientific Linux'),
    }),
  );
  const operatingSystem = fc.record({
    name: fc.constant('linux'),
    flavour: fc.constantFrom('Debian', 'Scientific Linux'),
    version,
  });
  const installed = fc.oneof(fc.record({ name }), fc.record({ name, version }));
  const standIn = fc.record({
    for: fc.oneof(
      fc.record({ kind: fc.constant('os' as const), operatingSystem }),
      fc.record({ kind: fc.constant('application' as const), application: installed }),
    ),
    by: fc.constant('something'),
  });
  const vmi = fc.record({
    operatingSystem,
    applications: fc.array(installed, { maxLength: 4 }),
    standIns: fc.array(standIn, { maxLength: 3 }),
    name: fc.constantFrom('One', 'Two'),
  });
  const catalog = fc
    .array(vmi, { maxLength: 8 })
    .map((vmis) => vmis.map((parts, index): Vmi => ({ ...paperVmi(`vmi-${index}`, '', []), ...parts })));
  const requirements = fc.record({
    hard: fc.array(requirement, { maxLength: 3 }),
    soft: fc.array(
      fc.record({
        weight: fc.integer({ min: 1, max: 3 }),
        requirements: fc.array(requirement, { minLength: 1, maxLength: 2 }),
      }),
      { maxLength: 3 },
    ),
  });
  const catalogAndShuffled = catalog.chain((vmis) =>
    fc.tuple(
      fc.constant(vmis),
      fc.shuffledSubarray(vmis, { minLength: vmis.length, maxLength: vmis.length }),
    ),
  );

  test.prop([requirements, catalogAndShuffled])(
    'the order of the catalog plays no part',
    (asked, [vmis, shuffled]) => {
      expect(matchImages(asked, shuffled)).toEqual(matchImages(asked, vmis));
    },
  );

  test.prop([requirements, catalog])('the ranking of two does not depend on the others', (asked, vmis) => {
    const { ranked } = matchImages(asked, vmis);
    for (const [index, better] of ranked.entries()) {
      for (const worse of ranked.slice(index + 1)) {
        expect(idsOf(matchImages(asked, [worse.vmi, better.vmi]))).toEqual([better.vmi.id, worse.vmi.id]);
        expect(better.score).toBeGreaterThanOrEqual(worse.score);
      }
    }
  });

  test.prop([requirements, catalog])(
    'no hard requirement is ever violated, and no feasible image is lost',
    (asked, vmis) => {
      const feasible = vmis.filter((candidate) =>
        readingsOf(candidate).some((reading) =>
          asked.hard.every((one) => judgeRequirement(one, reading, []).holds),
        ),
      );
      const result = matchImages(asked, vmis, { rules: [] });
      expect(new Set(idsOf(result))).toEqual(new Set(feasible.map(({ id }) => id)));
      for (const { verdicts } of result.ranked) {
        expect(verdicts.slice(0, asked.hard.length).every(({ holds }) => holds)).toBe(true);
      }
    },
  );

  test.prop([requirements, catalog])(
    'near misses are told only when nothing matches, the nearest first',
    (asked, vmis) => {
      const { ranked, nearMisses } = matchImages(asked, vmis);
      const counts = nearMisses.map(({ failed }) => failed.length);
      expect(nearMisses).toHaveLength(ranked.length > 0 ? 0 : Math.min(3, vmis.length));
      expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      expect(counts.every((count) => count > 0)).toBe(true);
    },
  );
});

import { describe, expect, it } from 'vitest';
import { imScore } from './im-score.ts';
import type { Application, ImageMatch, ImageRequirements, Requirement } from './model.ts';
import { application, paperVmi } from './testing/table-1.ts';

const asking = (hard: readonly Requirement[], ...soft: readonly Requirement[]): ImageRequirements => ({
  hard,
  soft: soft.length === 0 ? [] : [{ weight: 7, requirements: soft }],
});

function match(score: number, ...applications: readonly Application[]): ImageMatch {
  return { vmi: paperVmi('one', 'One', applications), score, share: 1, verdicts: [] };
}

describe('imScore', () => {
  it('is ten thousand times the sum of the soft weights when nothing else speaks', () => {
    expect(imScore(asking([]), match(0))).toBe(0);
    expect(imScore(asking([]), match(2.5))).toBe(25_000);
  });

  it.each([
    ['newer', '1.8', 100],
    ['of the same version', '1.6', 100],
    ['older', '1.5', -1],
  ])('counts an installed application that is %s', (_what, version, score) => {
    expect(imScore(asking([application('ant', '>=', '1.6')]), match(0, { name: 'ant', version }))).toBe(
      score,
    );
  });

  it('counts one that is asked for softly as well, and each pair', () => {
    const asked = asking([application('ant', '>=', '1.6')], application('ant', '<', '2'));
    const installed = [
      { name: 'ant', version: '1.6' },
      { name: 'ant', version: '2.1' },
    ];
    // Pairs as new or newer: 1.6 for >= 1.6, 2.1 for both; 1.6 is older than the 2 that is asked.
    expect(imScore(asked, match(7, ...installed))).toBe(70_000 + 300 - 1);
  });

  it('takes one off for each installed version that nobody asked for', () => {
    const installed = [{ name: 'ant', version: '1.8' }, { name: 'jdk', version: '6' }, { name: 'git' }];
    expect(imScore(asking([application('ant')]), match(0, ...installed))).toBe(100 - 1);
  });

  it('does not guess about a version that is not known', () => {
    expect(imScore(asking([application('ant', '>=', '1.6')]), match(0, { name: 'ant' }))).toBe(0);
  });

  it('looks into alternatives, and compares names exactly', () => {
    const either: Requirement = { kind: 'any', of: [application('ant', '=', '1.8'), application('maven')] };
    expect(imScore(asking([either]), match(0, { name: 'maven', version: '3' }))).toBe(100);
    expect(imScore(asking([application('Ant')]), match(0, { name: 'ant', version: '1.8' }))).toBe(-1);
  });
});

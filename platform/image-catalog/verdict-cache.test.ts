import { expect, it } from 'vitest';
import type { Requirement } from './model.ts';
import { VerdictCache } from './verdict-cache.ts';

const asking = (name: string): Requirement => ({ kind: 'application', name });

function judging(): { readonly judged: number[]; readonly judge: (sample: number) => number } {
  const judged: number[] = [];
  return { judged, judge: (sample) => (judged.push(sample), sample % 2) };
}

it('judges a facet once for the same requirement, and those that are new', () => {
  const cache = new VerdictCache();
  const { judged, judge } = judging();
  expect([...cache.verdictsOn(asking('ant'), [1, 2], judge)]).toEqual([1, 0]);
  expect([...cache.verdictsOn(asking('ant'), [1, 2, 5], judge)]).toEqual([1, 0, 1]);
  expect([...cache.verdictsOn(asking('ant'), [1, 2, 5], judge)]).toEqual([1, 0, 1]);
  expect(judged).toEqual([1, 2, 5]);
  cache.verdictsOn(asking('jdk'), [1], judge);
  expect(judged).toEqual([1, 2, 5, 1]);
});

it('forgets what was not asked for longest', () => {
  const cache = new VerdictCache();
  const { judged, judge } = judging();
  for (let number = 0; number < 256; number++) cache.verdictsOn(asking(`${number}`), [number], judge);
  cache.verdictsOn(asking('0'), [0], judge);
  cache.verdictsOn(asking('one more'), [1000], judge);
  judged.length = 0;
  cache.verdictsOn(asking('0'), [0], judge);
  cache.verdictsOn(asking('1'), [1], judge);
  expect(judged).toEqual([1]);
});

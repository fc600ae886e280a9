import { describe, expect, test } from 'vitest';
import { checklist } from './checklist.ts';
import { dialects, readCorpus } from './read-corpus.ts';
import { verdictOf } from './verdict.ts';

const corpus = readCorpus();

describe.each(corpus)('$name', ({ text, verdicts, headerLines }) => {
  test.each(dialects)('%s', (dialect) => {
    expect(verdictOf(text, dialect, headerLines)).toBe(verdicts[dialect]);
  });
});

test('every row of the checklist has a document, and every row a document names is on it', () => {
  const covered = new Set(corpus.flatMap(({ rows }) => rows));
  expect([...covered].toSorted()).toEqual(Object.keys(checklist).toSorted());
});

test('documents of the shapes that people deploy are accepted', () => {
  const wild = corpus.filter(({ rows }) => rows.includes('wild'));
  expect(wild.length).toBeGreaterThanOrEqual(15);
  for (const { verdicts } of wild) {
    expect(verdicts.im).toMatch(/^accepted/);
    expect(verdicts.trencadis).toMatch(/^accepted/);
  }
});

test('what IM takes in silence is never silent in ours', () => {
  const silent = corpus.filter(
    ({ verdicts }) =>
      verdicts.im !== 'accepted' && /^accepted./.test(verdicts.im) && verdicts.trencadis === 'accepted',
  );
  // Keys of the paper and ours are known here, so there is nothing to say of them.
  expect(silent.map(({ name }) => name)).toEqual([
    'keys/application-singular',
    'keys/interfaces-count-right',
    'ours/persistent-disk',
    'wild/old-style',
  ]);
});

import type { GivenDocument } from '@trencadis/infrastructure';
import { describe, expect, it } from 'vitest';
import { previousDocument } from './previous-document.ts';

const written = (radl: string): GivenDocument => ({ radl, dialect: 'trencadis', parameters: {} });

/** From the oldest to the newest, as they were brought about; `<` before one: the platform went back to it. */
async function before(...history: readonly string[]): Promise<string | undefined> {
  const past = history.map((word) => ({
    document: written(word.replace('<', '')),
    isWayBack: word.startsWith('<'),
  }));
  async function* newestFirst() {
    yield* past.toReversed();
  }
  return (await previousDocument(past.at(-1)!.document, newestFirst()))?.radl;
}

describe('the document to go back to', () => {
  it('is none where there was never another', async () => {
    expect(await before('one')).toBeUndefined();
    expect(await before('one', 'one')).toBeUndefined();
  });

  it('is the one of before, and from there the one that was left', async () => {
    expect(await before('one', 'two', 'two')).toBe('one');
    expect(await before('one', 'two', 'one')).toBe('two');
  });

  it('is not one that the platform itself has gone back from', async () => {
    expect(await before('one', 'bad', '<one')).toBeUndefined();
    expect(await before('one', 'two', 'bad', 'bad', '<two', 'two')).toBe('one');
    expect(await before('one', 'bad', '<one', 'two')).toBe('one');
    expect(await before('one', 'two', 'bad', '<two', 'worse', '<two')).toBe('one');
  });

  it('is one that was left once and deployed again since', async () => {
    expect(await before('one', 'bad', '<one', 'bad', 'two')).toBe('bad');
  });
});

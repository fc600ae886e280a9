import { expect, it } from 'vitest';
import { createExclusive } from './exclusive.ts';

it('lets who aborts go at once, while what they began still ends before the next', async () => {
  const exclusive = createExclusive((_signal, work) => work());
  const seen: string[] = [];
  const held = Promise.withResolvers<void>();
  const stop = new AbortController();
  const first = exclusive('a', stop.signal, async () => {
    await held.promise;
    seen.push('first');
  });
  const second = exclusive('a', new AbortController().signal, async () => void seen.push('second'));
  await exclusive(undefined, new AbortController().signal, async () => void seen.push('other'));
  stop.abort(new Error('enough'));
  await expect(first).rejects.toThrow('enough');
  expect(seen).toEqual(['other']);
  held.resolve();
  await second;
  expect(seen).toEqual(['other', 'first', 'second']);
});

import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { KeyedMutex } from './keyed-mutex.ts';

it('lets work under one key wait for what was there before, and under another not', async () => {
  const mutex = new KeyedMutex();
  const seen: string[] = [];
  const held = Promise.withResolvers<void>();
  const first = mutex.run('a', async () => {
    await held.promise;
    seen.push('first');
  });
  const second = mutex.run('a', async () => void seen.push('second'));
  await mutex.run('b', async () => void seen.push('other'));
  await turn();
  expect(seen).toEqual(['other']);
  held.resolve();
  await Promise.all([first, second]);
  expect(seen).toEqual(['other', 'first', 'second']);
});

it('goes on after work that failed, and tells its failure to who asked for it only', async () => {
  const mutex = new KeyedMutex();
  const failing = mutex.run('a', () => Promise.reject(new Error('broken')));
  const following = mutex.run('a', async () => 'done');
  await expect(failing).rejects.toThrow('broken');
  await expect(following).resolves.toBe('done');
});

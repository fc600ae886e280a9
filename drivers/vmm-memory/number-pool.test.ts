import { expect, it } from 'vitest';
import { NumberPool } from './number-pool.ts';

it('gives every number once, also those that were claimed or given back', () => {
  const pool = new NumberPool(4);
  expect(pool.claim(1)).toBe(true);
  expect(pool.claim(1)).toBe(false);
  expect(pool.claim(4)).toBe(false);
  expect([pool.take(), pool.take()]).toEqual([0, 2]);
  expect(pool.claim(0)).toBe(false);
  pool.giveBack(1);
  pool.giveBack(0);
  expect(pool.claim(0)).toBe(true);
  expect(new Set([pool.take(), pool.take()])).toEqual(new Set([1, 3]));
  expect(pool.take()).toBeUndefined();
});

import type { Clock } from '@trencadis/clock';
import { expect, it } from 'vitest';
import { AttemptThrottle } from './attempt-throttle.ts';

function throttleAt() {
  let ms = 0;
  const clock: Clock = { now: () => new Date(ms), sleep: async () => {} };
  const throttle = new AttemptThrottle(clock);
  const fail = (name = 'ana') => throttle.attempt(name, async () => undefined);
  return { throttle, fail, pass: (forMs: number) => (ms += forMs) };
}

const tooEarly = { code: 'unauthenticated', message: expect.stringContaining('try again in') };

it('lets five attempts fail, then makes each wait twice as long, up to five minutes', async () => {
  const { fail, pass } = throttleAt();
  for (let attempt = 0; attempt < 5; attempt += 1) expect(await fail()).toBeUndefined();
  for (const waitS of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) {
    pass(waitS * 1000 - 1);
    await expect(fail()).rejects.toMatchObject(tooEarly);
    pass(1);
    expect(await fail()).toBeUndefined();
  }
});

it('forgets failures at a success, and tells names apart', async () => {
  const { throttle, fail, pass } = throttleAt();
  for (let attempt = 0; attempt < 5; attempt += 1) await fail();
  expect(await throttle.attempt('eva', async () => 'in')).toBe('in');
  pass(1000);
  expect(await throttle.attempt('ana', async () => 'in')).toBe('in');
  for (let attempt = 0; attempt < 5; attempt += 1) expect(await fail()).toBeUndefined();
});

it('gives attempts at once no more tries than one after the other', async () => {
  const { throttle } = throttleAt();
  let checks = 0;
  const guess = () =>
    throttle.attempt('ana', async () => {
      checks += 1;
      return undefined;
    });
  const results = await Promise.allSettled(Array.from({ length: 50 }, guess));
  expect(checks).toBe(5);
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(45);
});

it('lets many right ones pass at once', async () => {
  const { throttle } = throttleAt();
  const right = () => throttle.attempt('ana', async () => 'in');
  expect(await Promise.all(Array.from({ length: 20 }, right))).toEqual(Array(20).fill('in'));
});

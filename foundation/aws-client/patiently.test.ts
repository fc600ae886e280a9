import type { Clock } from '@trencadis/clock';
import { describe, expect, it } from 'vitest';
import { except, patiently } from './patiently.ts';
import { type AwsCall, awsSite } from './site.ts';
import { until } from './until.ts';

/** Jumps instead of sleeping. */
function jumpingClock(): Clock {
  let nowMs = 0;
  return {
    now: () => new Date(nowMs),
    sleep: async (ms) => void (nowMs += ms),
  };
}

function callOf(): AwsCall {
  const credentials = { accessKeyId: 'id', secretAccessKey: 'key', region: 'eu-west-1' };
  const service = { name: 'Amazon XYZ', meanings: [] };
  const site = awsSite(service, { credentials, clock: jumpingClock(), pollEveryMs: 100 });
  const { signal } = new AbortController();
  return { site, signal, on: { abortSignal: signal } };
}

const refused = (name: string) => Object.assign(new Error(), { name, $fault: 'client', $metadata: {} });

/** Is refused with that code so many times. */
function after(times: number, code: string) {
  let asked = 0;
  return { asked: () => asked, work: async () => (asked++ < times ? Promise.reject(refused(code)) : 'done') };
}

const patience = { isPassing: /InUse$/, withinMs: 1000 };

describe('patience', () => {
  it('tries again until what passes has passed', async () => {
    const { asked, work } = after(3, 'ThingInUse');
    expect(await patiently(callOf(), patience, work)).toBe('done');
    expect(asked()).toBe(4);
  });

  it('ends', async () => {
    const { asked, work } = after(Infinity, 'ThingInUse');
    await expect(patiently(callOf(), patience, work)).rejects.toMatchObject({ name: 'ThingInUse' });
    expect(asked()).toBe(11);
  });

  it('is not for other refusals', async () => {
    const { asked, work } = after(3, 'AccessDenied');
    await expect(patiently(callOf(), patience, work)).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(asked()).toBe(1);
  });
});

it('takes a refusal that says that all is well for done, and no other', async () => {
  await except(/NotFound$/, after(1, 'ThingNotFound').work);
  await expect(except(/NotFound$/, after(1, 'AccessDenied').work)).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});

it('says what was not done within the deadline', async () => {
  const awaited = { what: 'the thing x is there', subject: 'x', deadlineMs: 500 };
  await expect(until(callOf(), awaited, async () => undefined)).rejects.toMatchObject({
    code: 'unavailable',
    subject: 'x',
    message: 'Amazon XYZ has not finished in time: the thing x is there. Wait.',
  });
});

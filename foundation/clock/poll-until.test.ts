import { describe, expect, it } from 'vitest';
import { type Clock, pollUntil, systemClock } from './index.ts';

/** A clock that jumps instead of sleeping, and remembers each jump. */
function jumpingClock(): Clock & { readonly sleeps: number[] } {
  let nowMs = 0;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => new Date(nowMs),
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      sleeps.push(ms);
      nowMs += ms;
    },
  };
}

/** Answers `undefined` the first `misses` times. */
function probeAfter(misses: number) {
  let asked = 0;
  return { askedTimes: () => asked, probe: async () => (asked++ < misses ? undefined : 'found') };
}

describe('pollUntil', () => {
  it('answers at once, without sleeping, when the probe finds it the first time', async () => {
    const clock = jumpingClock();
    expect(await pollUntil(probeAfter(0).probe, { clock, everyMs: 100, deadlineMs: 0 })).toBe('found');
    expect(clock.sleeps).toEqual([]);
  });

  it('asks again after each interval', async () => {
    const clock = jumpingClock();
    expect(await pollUntil(probeAfter(3).probe, { clock, everyMs: 100, deadlineMs: 1000 })).toBe('found');
    expect(clock.sleeps).toEqual([100, 100, 100]);
  });

  it('asks a last time at the deadline, never after it', async () => {
    const clock = jumpingClock();
    const { probe, askedTimes } = probeAfter(Infinity);
    expect(await pollUntil(probe, { clock, everyMs: 100, deadlineMs: 250 })).toBeUndefined();
    expect(askedTimes()).toBe(3);
    expect(clock.now().getTime()).toBe(200);
  });

  it('takes a found `false` or `0` for an answer', async () => {
    const clock = jumpingClock();
    expect(await pollUntil(async () => 0, { clock, everyMs: 100, deadlineMs: 100 })).toBe(0);
    expect(await pollUntil(async () => false, { clock, everyMs: 100, deadlineMs: 100 })).toBe(false);
  });

  it('rejects with what the probe throws, without another try', async () => {
    const clock = jumpingClock();
    const probe = async () => {
      throw new Error('gone');
    };
    await expect(pollUntil(probe, { clock, everyMs: 100, deadlineMs: 1000 })).rejects.toThrow('gone');
    expect(clock.sleeps).toEqual([]);
  });

  it("rejects with the signal's reason, before asking, when aborted", async () => {
    const { probe, askedTimes } = probeAfter(0);
    const signal = AbortSignal.abort(new Error('stop'));
    const options = { clock: jumpingClock(), everyMs: 100, deadlineMs: 1000, signal };
    await expect(pollUntil(probe, options)).rejects.toThrow('stop');
    expect(askedTimes()).toBe(0);
  });
});

describe('systemClock', () => {
  it('tells a time between two readings of the host', () => {
    const before = Date.now();
    const now = systemClock.now().getTime();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  it('sleeps at least as long as asked', async () => {
    const start = performance.now();
    await systemClock.sleep(20);
    // Timers may fire up to a millisecond early.
    expect(performance.now() - start).toBeGreaterThanOrEqual(19);
  });

  it("wakes with the signal's reason when aborted, before and while sleeping", async () => {
    const reason = new Error('stop');
    await expect(systemClock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const sleeping = systemClock.sleep(60_000, controller.signal);
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
  });
});

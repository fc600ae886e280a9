import { type Clock, systemClock } from '@trencadis/clock';

/** Time passes only while somebody sleeps, and then at once; who sleeps beside others does not add to it. */
export function leapingClock(): Clock {
  let nowMs = systemClock.now().getTime();
  return {
    now: () => new Date(nowMs),
    sleep: async (ms, signal) => {
      const end = nowMs + ms;
      await systemClock.sleep(0, signal);
      nowMs = Math.max(nowMs, end);
    },
  };
}

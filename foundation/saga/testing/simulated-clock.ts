import { type Clock, systemClock } from '@trencadis/clock';

/** Time passes only while somebody sleeps. */
export function simulatedClock(): Clock {
  let now = 0;
  return {
    now: () => new Date(now),
    sleep: async (ms, signal) => {
      now += ms;
      await systemClock.sleep(0, signal);
    },
  };
}

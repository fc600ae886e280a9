export type { Clock } from './clock.ts';
export { later } from './later.ts';
export { parseInstant } from './parse-instant.ts';
export { type PollOptions, pollUntil } from './poll-until.ts';
export { systemClock } from './system-clock.ts';

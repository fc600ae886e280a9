export type * from './model.ts';
export { createScrubber } from './scrub.ts';

export type * from './capabilities.ts';
export type * from './directory.ts';
export type * from './driver.ts';
export type * from './model.ts';

export type * from './model.ts';
export type * from './scaling-group.ts';
export { readServices } from './read-service.ts';
export { decideScaling } from './decide-scaling.ts';
export { nextInstant } from './scaling/planned-instants.ts';

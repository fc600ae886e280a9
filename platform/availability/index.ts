export type * from './model.ts';
export type * from './scaling-group.ts';
export { readServices } from './read-service.ts';

export type * from './model.ts';
export type * from './scaling-group.ts';
export { readServices } from './read-service.ts';
export { decideScaling } from './decide-scaling.ts';
export { nextInstant } from './scaling/planned-instants.ts';
export { decideGroup } from './decide-group.ts';
export {
  type Edited,
  withBounds,
  withDesired,
  withFreezeLifted,
  withProtection,
  withRollPaused,
  withStandby,
  withSuspended,
  withoutRoll,
} from './edit-group-state.ts';
export { type Bounds, boundsOf } from './group-bounds.ts';
export { type ConditionReport, conditionOf } from './group-condition.ts';
export { newGroupState } from './new-group-state.ts';
export {
  type DecideGroup,
  type RecordedEvaluation,
  type ReplayOptions,
  type ReplayedEvaluation,
  replayTrace,
  writeTrace,
} from './replay.ts';

export { type CreateSagaRunnerOptions, createSagaRunner } from './create-saga-runner.ts';
export {
  type Ending,
  type StepState,
  deriveEnding,
  deriveSagaStatus,
  deriveStartedSteps,
  deriveStepStates,
} from './derive-status.ts';
export { sagaMigrations } from './migrations.ts';
export * from './model.ts';
export type { MakeContext, RetryDeadlines } from './saga-parts.ts';
export type { CancelMode, SagaRunner, SagaRunnerOptions, StepEventListener } from './saga-runner.ts';
export { type AnyStepKind, defineStepKind, stepKindsByName } from './step-kinds.ts';
export { topologicalOrder } from './topological-order.ts';
export { validateGraph } from './validate-graph.ts';

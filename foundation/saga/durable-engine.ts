/** Runs one saga to its end; rejects only to stop without a trace in the engine. */
export type SagaWorkflow = (planId: string) => Promise<void>;

/**
 * What the saga needs of a durable engine: it owns the workflows and runs an unfinished one again. How far a workflow
 * came is in the saga's own log.
 */
export interface DurableEngine {
  /** Begins to run workflows. */
  launch(workflow: SagaWorkflow): Promise<void>;
  /** Starting an id twice starts it once. */
  start(workflowId: string, planId: string): Promise<void>;
  /** Has the unfinished workflows of an executor run again, by any that is alive. */
  adopt(executorId: string): Promise<void>;
  /** Has the unfinished workflows with ids that begin so (with a plan's: all of that plan) run again; false when none is. */
  resumeUnfinished(workflowIdPrefix: string): Promise<boolean>;
  close(): Promise<void>;
}

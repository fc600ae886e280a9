/**
 * What the saga needs of a durable engine: a step that has ended answers from its checkpoint when the workflow runs
 * again. Steps get their number in the order of the calls, before anything is awaited, so all may be called at once.
 */
export interface DurableSteps {
  /** `body` never fails because of the step's own work: what it throws means "stop here and record nothing". */
  runStep<Result>(name: string, body: () => Promise<Result>): Promise<Result>;
}

/** Runs one saga to its end; rejects only to stop without a trace in the engine's log. */
export type SagaWorkflow = (planId: string, steps: DurableSteps) => Promise<void>;

export interface DurableEngine {
  /** Begins to run workflows, first those that an earlier process of this executor left unfinished. */
  launch(workflow: SagaWorkflow): Promise<void>;
  /** Starting an id twice starts it once. */
  start(workflowId: string, planId: string): Promise<void>;
  /** Runs the unfinished workflow of this plan again, from its checkpoints; false when none is unfinished. */
  resumeUnfinished(planId: string): Promise<boolean>;
  close(): Promise<void>;
}

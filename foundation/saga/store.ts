import type { PlanId } from '@trencadis/ids';
import type { StepEvent, StepGraph } from './model.ts';

export type StepEventDraft = Omit<StepEvent, 'sequence' | 'planId'>;

/** Plans and what happened to them. Nothing in it is ever changed; only old progress lines are dropped. */
export interface SagaStore {
  /** The same graph twice is fine; another one under the same id is a `conflict`. */
  savePlan(graph: StepGraph): Promise<void>;
  findPlan(planId: PlanId): Promise<StepGraph | undefined>;
  /** Plans that were saved and of whose steps nothing was written yet. */
  listUnbegunPlans(): Promise<readonly PlanId[]>;
  /** All or none; gives each the next sequence number of its plan. */
  appendEvents(planId: PlanId, drafts: readonly StepEventDraft[]): Promise<readonly StepEvent[]>;
  readEvents(planId: PlanId, afterSequence?: number): Promise<readonly StepEvent[]>;
  /** Drops the progress lines of a step that are older than `beforeSequence`. */
  dropProgress(planId: PlanId, stepId: string, beforeSequence: number): Promise<void>;
}

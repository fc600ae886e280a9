import type { PlanId } from '@trencadis/ids';
import type { StepEvent, StepGraph } from './model.ts';

export type StepEventDraft = Omit<StepEvent, 'sequence' | 'planId'>;

/** How far a plan has come: which run of it is the current one, and its last event. */
export interface PlanHead {
  readonly planId: PlanId;
  /** 0 until its first run; each run takes the next. */
  readonly epoch: number;
  readonly lastSequence: number;
}

/** A later run of the plan has begun, perhaps in another process: this one may not write any more. */
export class RunSuperseded extends Error {
  override readonly name = 'RunSuperseded';
}

/** Plans and what happened to them. No graph and no event is ever changed; only old progress lines are dropped. */
export interface SagaStore {
  /** The same graph twice is fine; another one under the same id is a `conflict`. */
  savePlan(graph: StepGraph): Promise<void>;
  findPlan(planId: PlanId): Promise<StepGraph | undefined>;
  /** Plans that no run has begun, saved at least so long ago. */
  listUnbegunPlans(minAgeMs: number): Promise<readonly PlanId[]>;
  /** Begins a run: answers its epoch, and from then on refuses what runs of earlier epochs append. */
  takeEpoch(planId: PlanId): Promise<number>;
  /**
   * All or none; gives each the next sequence number of its plan. With an epoch it throws {@link RunSuperseded} when
   * that is not the current one; without, it is a request from outside and always welcome.
   */
  appendEvents(
    planId: PlanId,
    drafts: readonly StepEventDraft[],
    epoch?: number,
  ): Promise<readonly StepEvent[]>;
  /** In the order of their sequence; all that there are unless `limit` says how many at most. */
  readEvents(planId: PlanId, afterSequence?: number, limit?: number): Promise<readonly StepEvent[]>;
  readHeads(planIds: readonly PlanId[]): Promise<readonly PlanHead[]>;
  /** Drops the progress lines of a step that are older than `beforeSequence`. */
  dropProgress(planId: PlanId, stepId: string, beforeSequence: number): Promise<void>;
}

const pageSize = 2_000;

/** Few at a time, because a log may be long. */
export async function* readPages(
  store: SagaStore,
  planId: PlanId,
  afterSequence: number,
): AsyncGenerator<readonly StepEvent[]> {
  let last = afterSequence;
  for (;;) {
    const page = await store.readEvents(planId, last, pageSize);
    if (page.length > 0) yield page;
    if (page.length < pageSize) return;
    last = page.at(-1)?.sequence ?? last;
  }
}

import type { PlanId } from '@trencadis/ids';
import type { StepEvent, StepGraph } from '../model.ts';
import { RunSuperseded, type SagaStore } from '../store.ts';

interface Kept {
  readonly graph: StepGraph;
  epoch: number;
  events: StepEvent[];
}

/** A saga store that outlives the runners of a test. */
export function createMemorySagaStore(): SagaStore {
  const plans = new Map<PlanId, Kept>();
  const kept = (planId: PlanId): Kept => {
    const plan = plans.get(planId);
    if (plan === undefined) throw new Error(`no plan ${planId}`);
    return plan;
  };
  return {
    savePlan: async (graph) => {
      if (!plans.has(graph.planId))
        plans.set(graph.planId, { graph: structuredClone(graph), epoch: 0, events: [] });
    },
    findPlan: async (planId) => plans.get(planId)?.graph,
    listUnbegunPlans: async () => [...plans.keys()].filter((planId) => kept(planId).epoch === 0),
    takeEpoch: async (planId) => (kept(planId).epoch += 1),
    appendEvents: async (planId, drafts, epoch) => {
      const plan = kept(planId);
      if (epoch !== undefined && epoch !== plan.epoch) throw new RunSuperseded();
      const last = plan.events.at(-1)?.sequence ?? 0;
      const added = drafts.map((draft, index) => ({ ...draft, planId, sequence: last + index + 1 }));
      plan.events.push(...added);
      return added;
    },
    readEvents: async (planId, afterSequence = 0, limit = Infinity) =>
      kept(planId)
        .events.filter(({ sequence }) => sequence > afterSequence)
        .slice(0, limit),
    readHeads: async (planIds) =>
      planIds.map((planId) => ({
        planId,
        epoch: kept(planId).epoch,
        lastSequence: kept(planId).events.at(-1)?.sequence ?? 0,
      })),
    dropProgress: async (planId, stepId, beforeSequence) => {
      const plan = kept(planId);
      const isOld = (event: StepEvent) =>
        event.kind === 'progress' && event.stepId === stepId && event.sequence < beforeSequence;
      plan.events = plan.events.filter((event) => !isOld(event));
    },
  };
}

/** Fails from the n-th write on, once as if the process died before it and once as if it died just after it. */
export function crashingStore(store: SagaStore, crashAt: number, when: 'before' | 'after'): SagaStore {
  let writes = 0;
  return {
    ...store,
    appendEvents: async (planId, drafts, epoch) => {
      writes += 1;
      if (writes > crashAt || (writes === crashAt && when === 'before')) throw new Error('the log is gone');
      const written = await store.appendEvents(planId, drafts, epoch);
      if (writes === crashAt) throw new Error('the answer of the log is gone');
      return written;
    },
  };
}

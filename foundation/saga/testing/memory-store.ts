import type { PlanId } from '@trencadis/ids';
import { type StepEvent, type StepGraph, wholePlan } from '../model.ts';
import type { SagaStore } from '../store.ts';

/** A saga store that outlives the runners of a test. */
export function createMemorySagaStore(): SagaStore {
  const plans = new Map<PlanId, StepGraph>();
  const events = new Map<PlanId, StepEvent[]>();
  const eventsOf = (planId: PlanId): StepEvent[] => events.get(planId) ?? [];
  return {
    savePlan: (graph) => {
      plans.set(graph.planId, structuredClone(graph));
      return Promise.resolve();
    },
    findPlan: (planId) => Promise.resolve(plans.get(planId)),
    listUnbegunPlans: async () =>
      [...plans.keys()].filter((planId) => eventsOf(planId).every(({ stepId }) => stepId === wholePlan)),
    appendEvents: (planId, drafts) => {
      const last = eventsOf(planId).at(-1)?.sequence ?? 0;
      const added = drafts.map((draft, index) => ({ ...draft, planId, sequence: last + index + 1 }));
      events.set(planId, [...eventsOf(planId), ...added]);
      return Promise.resolve(added);
    },
    readEvents: (planId, afterSequence = 0) =>
      Promise.resolve(eventsOf(planId).filter(({ sequence }) => sequence > afterSequence)),
    dropProgress: (planId, stepId, beforeSequence) => {
      const isOld = (event: StepEvent) =>
        event.kind === 'progress' && event.stepId === stepId && event.sequence < beforeSequence;
      events.set(
        planId,
        eventsOf(planId).filter((event) => !isOld(event)),
      );
      return Promise.resolve();
    },
  };
}

/** Fails from the n-th write on, once as if the process died before it and once as if it died just after it. */
export function crashingStore(store: SagaStore, crashAt: number, when: 'before' | 'after'): SagaStore {
  let writes = 0;
  return {
    ...store,
    appendEvents: async (planId, drafts) => {
      writes += 1;
      if (writes > crashAt || (writes === crashAt && when === 'before')) throw new Error('the log is gone');
      const written = await store.appendEvents(planId, drafts);
      if (writes === crashAt) throw new Error('the answer of the log is gone');
      return written;
    },
  };
}

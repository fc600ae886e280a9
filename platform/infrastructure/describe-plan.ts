import type { PlanId } from '@trencadis/ids';
import type { SagaStatus } from '@trencadis/saga';
import type { ApplyParts } from './apply-plan.ts';
import { decideFallback } from './decide-fallback.ts';
import { planStatusOf } from './follow-plan.ts';
import type { Plan } from './model.ts';

export interface PlanStatus {
  readonly saga: SagaStatus;
  /** The plan that does the same at other VM managers, as this one found no room. */
  readonly continuedBy?: PlanId;
  /** Undone as it found no room, and the reconciler has not answered yet whether there is another place. */
  readonly mayContinue: boolean;
}

/** Where a plan stands, and whether it went on as another one. */
export async function describePlan({ world, sagas }: ApplyParts, plan: Plan): Promise<PlanStatus> {
  const saga = await planStatusOf(sagas, plan);
  if (saga !== 'undone') return { saga, mayContinue: false };
  const continuation = await world.store.findContinuation(plan.id);
  if (continuation === 'none') return { saga, mayContinue: false };
  if (continuation !== undefined) return { saga, continuedBy: continuation, mayContinue: false };
  return { saga, mayContinue: decideFallback(plan, await sagas.events(plan.id)) !== undefined };
}

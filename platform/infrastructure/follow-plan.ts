import { isPlatformError } from '@trencadis/errors';
import type { PlanId } from '@trencadis/ids';
import type { SagaRunner, SagaStatus, StepEvent } from '@trencadis/saga';
import type { Plan } from './model.ts';
import type { StepWorld } from './step-world.ts';
import type { PlanSummary } from './store.ts';

/** Of a stored plan: `planned` until it is applied, and from then on at least `running`. */
export async function sagaStatusOf(sagas: SagaRunner<StepWorld>, planId: PlanId): Promise<SagaStatus> {
  try {
    const status = await sagas.status(planId);
    return status === 'planned' ? 'running' : status;
  } catch (error) {
    if (isPlatformError(error, 'not-found')) return 'planned';
    throw error;
  }
}

/** As {@link sagaStatusOf}; a plan without steps has no saga and nothing left to do. */
export async function planStatusOf(
  sagas: SagaRunner<StepWorld>,
  plan: Pick<Plan, 'id' | 'steps'> | Pick<PlanSummary, 'id' | 'stepCount'>,
): Promise<SagaStatus> {
  const stepCount = 'steps' in plan ? plan.steps.length : plan.stepCount;
  return stepCount === 0 ? 'succeeded' : sagaStatusOf(sagas, plan.id);
}

/** Whether steps run, or are being undone. */
export function isRunning(status: SagaStatus): boolean {
  return status === 'running' || status === 'undoing';
}

/** Nothing of it runs, or is about to. */
export function hasEnded(status: SagaStatus): boolean {
  return status !== 'planned' && !isRunning(status);
}

/** The events after that sequence number, then those to come, until the plan ends; none of one that was never applied. */
export async function* followPlan(
  sagas: SagaRunner<StepWorld>,
  { planId, after }: { readonly planId: PlanId; readonly after: number },
  signal: AbortSignal,
): AsyncGenerator<StepEvent> {
  if ((await sagaStatusOf(sagas, planId)) === 'planned') return;
  yield* sagas.follow(planId, after, signal);
}

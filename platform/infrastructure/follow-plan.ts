import type { Clock } from '@trencadis/clock';
import { isPlatformError } from '@trencadis/errors';
import type { PlanId } from '@trencadis/ids';
import type { SagaRunner, SagaStatus, StepEvent } from '@trencadis/saga';
import type { Plan } from './model.ts';
import type { StepWorld } from './step-world.ts';

const pollMs = 100;

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
  { id, steps }: Pick<Plan, 'id' | 'steps'>,
): Promise<SagaStatus> {
  return steps.length === 0 ? 'succeeded' : sagaStatusOf(sagas, id);
}

/** The events after that sequence number, then those to come, until the plan ends. */
export async function* followPlan(
  { sagas, clock }: { readonly sagas: SagaRunner<StepWorld>; readonly clock: Clock },
  { planId, after }: { readonly planId: PlanId; readonly after: number },
  signal: AbortSignal,
): AsyncGenerator<StepEvent> {
  let last = after;
  for (;;) {
    // Asked before the events are read, so that none written at the end is missed.
    const status = await sagaStatusOf(sagas, planId);
    for (const event of await sagas.events(planId, last)) {
      last = event.sequence;
      yield event;
    }
    if (status !== 'running' && status !== 'undoing') return;
    await clock.sleep(pollMs, signal);
  }
}

import { isPlatformError } from '@trencadis/errors';
import type { SagaRunner } from '@trencadis/saga';
import { hasEnded, planStatusOf } from './follow-plan.ts';
import type { Plan } from './model.ts';
import type { StepWorld } from './step-world.ts';

/**
 * Resolves when nothing of the plan runs and nothing ever will, with all it made kept. A plan that was claimed and
 * not started yet is started here: only then is its cancellation final, whoever starts it after us.
 */
export async function stopPlan(sagas: SagaRunner<StepWorld>, plan: Plan, signal: AbortSignal): Promise<void> {
  if (hasEnded(await planStatusOf(sagas, plan))) return;
  if (!(await ensureStarted(sagas, plan))) return;
  await unlessConflict(() => sagas.requestCancel(plan.id, 'keep'));
  await sagas.wait(plan.id, signal);
}

/** Starting twice is once, but only with the answer to failures that it was started with first. */
async function ensureStarted(sagas: SagaRunner<StepWorld>, { id: planId, steps }: Plan): Promise<boolean> {
  for (const onFailure of ['undo', 'keep'] as const) {
    if (await unlessConflict(() => sagas.start({ planId, steps, onFailure }))) return true;
  }
  return false;
}

async function unlessConflict(act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (isPlatformError(error, 'conflict')) return false;
    throw error;
  }
}

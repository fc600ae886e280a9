import { isPlatformError, toPlatformError } from '@trencadis/errors';
import type { PlannedStep } from './model.ts';
import { retryWhile } from './retry.ts';
import { type SagaParts, prepareStep } from './saga-parts.ts';
import { followersOf } from './topological-order.ts';
import { visitInOrder } from './visit-in-order.ts';

/** Undoes every step that may have done something, each after all that were built on it. */
export async function undoSteps<Context>(parts: SagaParts<Context>): Promise<void> {
  const { progress } = parts.journal;
  const followers = followersOf(parts.graph.steps);
  await visitInOrder({
    steps: parts.graph.steps.filter(({ id }) => progress.outcomeOf(id) !== 'skipped'),
    after: ({ id }) => (followers.get(id) ?? []).map((follower) => follower.id),
    width: parts.concurrency,
    visit: (step, isFree) => undoUnlessBlocked(parts, step, isFree),
  });
}

/** When something built on the step could not be undone, the step is left as it is. Answers whether it is undone. */
async function undoUnlessBlocked<Context>(
  parts: SagaParts<Context>,
  step: PlannedStep,
  isFree: boolean,
): Promise<boolean> {
  if (!isFree) return false;
  if (parts.journal.progress.stateOf(step.id) === 'undone') return true;
  return parts.takePlace(step, () => {
    parts.halt.signal.throwIfAborted();
    return undoNow(parts, step);
  });
}

async function undoNow<Context>(parts: SagaParts<Context>, step: PlannedStep): Promise<boolean> {
  const { journal, graph, log } = parts;
  await journal.write(step.id, 'undo-started');
  try {
    await attemptUndo(parts, step);
  } catch (error) {
    if (!isPlatformError(error, 'not-found')) {
      const { message, code } = toPlatformError(error);
      await journal.write(step.id, 'undo-failed', { text: message, errorCode: code });
      log.error(
        { planId: graph.planId, stepId: step.id, error },
        'a step cannot be undone: the plan is stuck',
      );
      return false;
    }
  }
  await journal.write(step.id, 'undone');
  return true;
}

async function attemptUndo<Context>(parts: SagaParts<Context>, step: PlannedStep): Promise<void> {
  const { clock, deadlines, halt } = parts;
  const { kind, context, args } = prepareStep(parts, step, halt.signal);
  const { undo } = kind;
  if (typeof undo !== 'function') return;
  await retryWhile(mayPass, () => undo(context, args), {
    clock,
    signal: halt.signal,
    deadlineMs: deadlines.undoMs,
    onRetry: (error, waitMs) =>
      context.progress(`${toPlatformError(error).message} Trying again in ${waitMs} ms.`),
  });
}

/** Unlike a run, an undo has no other plan to fall back on: a conflict or a full quota is waited for as well. */
function mayPass(error: unknown): boolean {
  return isPlatformError(error) && ['unavailable', 'conflict', 'quota-exceeded'].includes(error.code);
}

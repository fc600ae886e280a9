import { isPlatformError, toPlatformError } from '@trencadis/errors';
import { deriveStepStates } from './derive-status.ts';
import type { PlannedStep } from './model.ts';
import { retryWhile } from './retry.ts';
import type { RunOutcome } from './run-steps.ts';
import { type SagaParts, prepareStep, settleAll } from './saga-parts.ts';
import { followersOf, topologicalOrder } from './topological-order.ts';

/** `blocked`: something built on this step could not be undone, so this one is left as it is. */
type UndoOutcome = 'undone' | 'undo-failed' | 'blocked';

/** Undoes every step that may have done something, each after all that were built on it. */
export async function undoSteps<Context>(
  parts: SagaParts<Context>,
  outcomes: ReadonlyMap<string, RunOutcome>,
): Promise<void> {
  const followers = followersOf(parts.graph.steps);
  const undoing = new Map<string, Promise<UndoOutcome>>();
  for (const step of topologicalOrder(parts.graph.steps).ordered.toReversed()) {
    if (outcomes.get(step.id) === 'skipped') continue;
    const builtOnIt = (followers.get(step.id) ?? []).flatMap(({ id }) => undoing.get(id) ?? []);
    undoing.set(
      step.id,
      parts.steps.runStep(`undo ${step.id}`, () => undoAfter(parts, step, builtOnIt)),
    );
  }
  await settleAll(undoing.values());
}

async function undoAfter<Context>(
  parts: SagaParts<Context>,
  step: PlannedStep,
  builtOnIt: readonly Promise<UndoOutcome>[],
): Promise<UndoOutcome> {
  const before = await Promise.all(builtOnIt);
  if (before.some((outcome) => outcome !== 'undone')) return 'blocked';
  if (deriveStepStates(parts.graph, parts.journal.events).get(step.id) === 'undone') return 'undone';
  return parts.limit(() => {
    parts.halt.signal.throwIfAborted();
    return undoNow(parts, step);
  });
}

async function undoNow<Context>(parts: SagaParts<Context>, step: PlannedStep): Promise<UndoOutcome> {
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
      return 'undo-failed';
    }
  }
  await journal.write(step.id, 'undone');
  return 'undone';
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

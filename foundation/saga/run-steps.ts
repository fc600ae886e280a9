import { isPlatformError, toPlatformError } from '@trencadis/errors';
import type { PlannedStep } from './model.ts';
import { retryWhile } from './retry.ts';
import { type SagaParts, prepareStep } from './saga-parts.ts';
import { visitInOrder } from './visit-in-order.ts';

/** Runs every step that has not ended yet, as soon as those before it have succeeded, or ended where that is enough. */
export async function runSteps<Context>(parts: SagaParts<Context>): Promise<void> {
  await visitInOrder({
    steps: parts.graph.steps,
    after: ({ after }) => after,
    width: parts.concurrency,
    visit: (step, haveSucceeded) => runUnlessEnded(parts, step, haveSucceeded),
  });
}

/** Answers whether the step has succeeded. */
async function runUnlessEnded<Context>(
  parts: SagaParts<Context>,
  step: PlannedStep,
  haveSucceeded: boolean,
): Promise<boolean> {
  const outcome = parts.journal.progress.outcomeOf(step.id);
  if (outcome !== undefined) return outcome === 'succeeded';
  const isFree = haveSucceeded || step.waitsFor === 'end';
  return parts.takePlace(step, async () => {
    parts.halt.signal.throwIfAborted();
    if (isFree && !parts.stop.signal.aborted) return runNow(parts, step);
    await endWithoutRunning(
      parts,
      step,
      isFree ? stopReason(parts) : 'A step that it waits for has not succeeded.',
    );
    return false;
  });
}

/** A step that an earlier process had started is `failed`, so that undo reaches it; otherwise it is `skipped`. */
async function endWithoutRunning<Context>(
  { journal }: SagaParts<Context>,
  step: PlannedStep,
  reason: string,
): Promise<void> {
  if (!journal.progress.hasStarted(step.id)) return journal.write(step.id, 'skipped', { text: reason });
  return journal.write(step.id, 'failed', { text: `Interrupted by a restart and not run again. ${reason}` });
}

async function runNow<Context>(parts: SagaParts<Context>, step: PlannedStep): Promise<boolean> {
  const { journal, graph, log, stop } = parts;
  await journal.write(step.id, 'started');
  try {
    await attemptRun(parts, step);
  } catch (error) {
    await writeFailure(parts, step, error);
    log.error({ planId: graph.planId, stepId: step.id, error }, 'a step failed');
    if (graph.onFailure === 'undo') stop.abort(new Error(`The step '${step.id}' failed.`));
    return false;
  }
  await journal.write(step.id, 'succeeded');
  return true;
}

async function attemptRun<Context>(parts: SagaParts<Context>, step: PlannedStep): Promise<void> {
  const { stop, halt, clock, deadlines } = parts;
  const signal = AbortSignal.any([stop.signal, halt.signal]);
  const { kind, context, args } = prepareStep(parts, step, signal);
  await retryWhile(
    (error) => isPlatformError(error, 'unavailable'),
    () => kind.run(context, args),
    {
      clock,
      signal,
      deadlineMs: kind.retryForMs ?? deadlines.runMs,
      onRetry: (error, waitMs) =>
        context.progress(`${toPlatformError(error).message} Trying again in ${waitMs} ms.`),
    },
  );
}

async function writeFailure<Context>(
  parts: SagaParts<Context>,
  step: PlannedStep,
  error: unknown,
): Promise<void> {
  if (parts.stop.signal.aborted && !isPlatformError(error)) {
    await parts.journal.write(step.id, 'failed', { text: `Stopped while running. ${stopReason(parts)}` });
    return;
  }
  const { message, code } = toPlatformError(error);
  await parts.journal.write(step.id, 'failed', { text: message, errorCode: code });
}

function stopReason<Context>({ stop }: SagaParts<Context>): string {
  const reason: unknown = stop.signal.reason;
  return reason instanceof Error ? reason.message : String(reason);
}

/** Whether the log already says that no further step shall run. */
export function whyStopped<Context>({ graph, journal }: SagaParts<Context>): string | undefined {
  if (journal.progress.isCancelRequested) return 'The plan was cancelled.';
  const failed = graph.onFailure === 'keep' ? undefined : journal.progress.findFailed();
  return failed === undefined ? undefined : `The step '${failed}' failed.`;
}

import { isPlatformError, toPlatformError } from '@trencadis/errors';
import { deriveStartedSteps, deriveStepStates } from './derive-status.ts';
import type { PlannedStep } from './model.ts';
import { retryWhile } from './retry.ts';
import { type SagaParts, prepareStep, settleAll } from './saga-parts.ts';
import { topologicalOrder } from './topological-order.ts';

export type RunOutcome = 'succeeded' | 'failed' | 'skipped';

/** Runs every step as soon as those before it have succeeded. Answers how each ended, by step id. */
export async function runSteps<Context>(parts: SagaParts<Context>): Promise<ReadonlyMap<string, RunOutcome>> {
  const running = new Map<string, Promise<RunOutcome>>();
  for (const step of topologicalOrder(parts.graph.steps).ordered) {
    const predecessors = step.after.flatMap((id) => running.get(id) ?? []);
    running.set(
      step.id,
      parts.steps.runStep(`run ${step.id}`, () => runAfter(parts, step, predecessors)),
    );
  }
  const outcomes = await settleAll(running.values());
  return new Map([...running.keys()].map((id, index) => [id, outcomes[index] ?? 'skipped']));
}

/** The predecessors' promises end after their checkpoints: what a step builds on is never run again. */
async function runAfter<Context>(
  parts: SagaParts<Context>,
  step: PlannedStep,
  predecessors: readonly Promise<RunOutcome>[],
): Promise<RunOutcome> {
  const before = await Promise.all(predecessors);
  const recorded = recordedOutcome(parts, step);
  if (recorded !== undefined) return recorded;
  return parts.limit(() => {
    parts.halt.signal.throwIfAborted();
    if (before.some((outcome) => outcome !== 'succeeded')) {
      return endWithoutRunning(parts, step, 'A step that it waits for has not succeeded.');
    }
    if (parts.stop.signal.aborted) return endWithoutRunning(parts, step, stopReason(parts));
    return runNow(parts, step);
  });
}

/** The log may know an end that the engine's checkpoint missed; undo events do not change how the run ended. */
function recordedOutcome<Context>(
  { journal }: SagaParts<Context>,
  step: PlannedStep,
): RunOutcome | undefined {
  for (const { stepId, kind } of journal.events.toReversed()) {
    if (stepId !== step.id) continue;
    if (kind === 'succeeded' || kind === 'failed' || kind === 'skipped') return kind;
    if (kind === 'started') return undefined;
  }
  return undefined;
}

/** A step that an earlier process had started is `failed`, so that undo reaches it; otherwise it is `skipped`. */
async function endWithoutRunning<Context>(
  { journal }: SagaParts<Context>,
  step: PlannedStep,
  reason: string,
): Promise<RunOutcome> {
  if (!deriveStartedSteps(journal.events).has(step.id)) {
    await journal.write(step.id, 'skipped', { text: reason });
    return 'skipped';
  }
  await journal.write(step.id, 'failed', { text: `Interrupted by a restart and not run again. ${reason}` });
  return 'failed';
}

async function runNow<Context>(parts: SagaParts<Context>, step: PlannedStep): Promise<RunOutcome> {
  const { journal, graph, log, stop } = parts;
  await journal.write(step.id, 'started');
  try {
    await attemptRun(parts, step);
  } catch (error) {
    await writeFailure(parts, step, error);
    log.error({ planId: graph.planId, stepId: step.id, error }, 'a step failed');
    if (graph.onFailure === 'undo') stop.abort(new Error(`The step '${step.id}' failed.`));
    return 'failed';
  }
  await journal.write(step.id, 'succeeded');
  return 'succeeded';
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
      deadlineMs: deadlines.runMs,
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
  if (journal.events.some(({ kind }) => kind === 'cancel-requested')) return 'The plan was cancelled.';
  if (graph.onFailure === 'keep') return undefined;
  const states = deriveStepStates(graph, journal.events);
  const failed = [...states].find(([, state]) => state === 'failed');
  return failed === undefined ? undefined : `The step '${failed[0]}' failed.`;
}

import { deriveEnding } from './derive-status.ts';
import { runSteps, whyStopped } from './run-steps.ts';
import type { SagaParts } from './saga-parts.ts';
import { undoSteps } from './undo-steps.ts';

/**
 * Runs or goes on with a saga until it has ended, well or not. Which engine steps it asks for, and in which order,
 * follows from the graph and from checkpointed outcomes alone, so that a second run asks for the same.
 */
export async function runSaga<Context>(parts: SagaParts<Context>): Promise<void> {
  await parts.journal.refresh();
  const reason = whyStopped(parts);
  if (reason !== undefined) parts.stop.abort(new Error(reason));
  const outcomes = await runSteps(parts);
  await parts.journal.refresh();
  if (deriveEnding(parts.graph, parts.journal.events) === 'undo') await undoSteps(parts, outcomes);
}

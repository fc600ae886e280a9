import { runSteps, whyStopped } from './run-steps.ts';
import type { SagaParts } from './saga-parts.ts';
import { undoSteps } from './undo-steps.ts';

/** Runs or goes on with a saga until it has ended, well or not; where it stands is read from its log. */
export async function runSaga<Context>(parts: SagaParts<Context>): Promise<void> {
  const { journal, stop } = parts;
  const reason = whyStopped(parts);
  if (reason !== undefined) stop.abort(new Error(reason));
  await runSteps(parts);
  await journal.refresh();
  if (journal.progress.ending === 'undo') await undoSteps(parts);
}

import type { Clock } from '@trencadis/clock';
import type { Log } from '@trencadis/log';
import type { MakeContext, RetryDeadlines } from './saga-parts.ts';
import type { AnyStepKind } from './step-kinds.ts';

export interface SagaRunnerOptions<Context> {
  readonly stepKinds: readonly AnyStepKind<Context>[];
  readonly makeContext: MakeContext<Context>;
  readonly log: Log;
  readonly clock: Clock;
  /** How many steps work at the same time, over all plans of this runner; each plan has one place of its own beside. */
  readonly concurrency: number;
  /** Default: 5 minutes for a run, 10 for an undo. */
  readonly deadlines?: RetryDeadlines;
}

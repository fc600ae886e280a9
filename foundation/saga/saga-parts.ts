import type { Clock } from '@trencadis/clock';
import type { Log } from '@trencadis/log';
import type { Journal } from './journal.ts';
import type { PlannedStep, StepContext, StepGraph } from './model.ts';
import { type AnyStepKind, type StepKinds, getStepKind } from './step-kinds.ts';
import type { TakePlace } from './step-places.ts';

/** How long a step that meets `unavailable` is tried again. */
export interface RetryDeadlines {
  readonly runMs: number;
  readonly undoMs: number;
}

/** The world of a step without what the runner adds (signal, progress). */
export type MakeContext<Context> = (graph: StepGraph, step: PlannedStep) => Context;

/** What one running saga works with. */
export interface SagaParts<Context> {
  readonly graph: StepGraph;
  readonly kinds: StepKinds<Context>;
  readonly makeContext: MakeContext<Context>;
  readonly journal: Journal;
  readonly takePlace: TakePlace;
  /** How many steps of this saga go on at the same time, those that wait for a place among them. */
  readonly concurrency: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly deadlines: RetryDeadlines;
  /** Aborted when no step shall run any more: a request to cancel, or a failure that is going to be undone. */
  readonly stop: AbortController;
  /** Aborted when this process gives the saga up without an end: its log cannot be written, or the runner closes. */
  readonly halt: AbortController;
}

/** The kind of a step, its context under this signal and its parsed args. */
export function prepareStep<Context>(
  { graph, kinds, makeContext, journal }: SagaParts<Context>,
  step: PlannedStep,
  signal: AbortSignal,
): { readonly kind: AnyStepKind<Context>; readonly context: StepContext<Context>; readonly args: never } {
  const kind = getStepKind(kinds, step.kind);
  const context = {
    ...makeContext(graph, step),
    signal,
    progress: (line: string) => journal.writeLine(step.id, line),
  };
  return { kind, context, args: kind.args.parse(step.args) as never };
}

import type { StepEventKind } from './model.ts';

export type StepState =
  | 'waiting'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'undoing'
  | 'undone'
  | 'undo-failed';

/** The state that an event of a step leaves it in; others leave it as it is. */
export const stateAfter: Readonly<Record<string, StepState | undefined>> = {
  started: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  skipped: 'skipped',
  'undo-started': 'undoing',
  undone: 'undone',
  'undo-failed': 'undo-failed',
} satisfies Partial<Record<StepEventKind, StepState>>;

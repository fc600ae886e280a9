import type { SagaStatus, StepEvent, StepEventKind, StepGraph } from './model.ts';
import { followersOf } from './topological-order.ts';

export type StepState =
  | 'waiting'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'undoing'
  | 'undone'
  | 'undo-failed';

const stateAfter: Readonly<Partial<Record<StepEventKind, StepState>>> = {
  started: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  skipped: 'skipped',
  'undo-started': 'undoing',
  undone: 'undone',
  'undo-failed': 'undo-failed',
};

/** The state of every step of the graph, by step id, from events in the order of their sequence. */
export function deriveStepStates(
  graph: StepGraph,
  events: readonly StepEvent[],
): ReadonlyMap<string, StepState> {
  const states = new Map<string, StepState>(graph.steps.map(({ id }) => [id, 'waiting']));
  for (const { stepId, kind } of events) {
    const state = stateAfter[kind];
    if (state !== undefined && states.has(stepId)) states.set(stepId, state);
  }
  return states;
}

/** What follows when all steps have ended. */
export type Ending = 'succeeded' | 'undo' | 'keep';

/**
 * A request to cancel counts if it was written before the last step ended; one that came later is too late. So the
 * answer depends on the log alone and is the same however often it is asked.
 */
export function deriveEnding(graph: StepGraph, events: readonly StepEvent[]): Ending {
  const lastEnd = events.findLast(({ kind }) => isRunEnd(kind))?.sequence ?? 0;
  const cancel = events.findLast(({ kind, sequence }) => kind === 'cancel-requested' && sequence < lastEnd);
  const cancelMode = cancel?.text === 'keep' ? 'keep' : 'undo';
  const succeeded = new Set(events.filter(({ kind }) => kind === 'succeeded').map(({ stepId }) => stepId));
  if (!graph.steps.every(({ id }) => succeeded.has(id)))
    return cancel === undefined ? graph.onFailure : cancelMode;
  return cancel !== undefined && cancelMode === 'undo' ? 'undo' : 'succeeded';
}

function isRunEnd(kind: StepEventKind): boolean {
  return kind === 'succeeded' || kind === 'failed' || kind === 'skipped';
}

/** The ids of the steps that may have done something: undo reaches all of them. */
export function deriveStartedSteps(events: readonly StepEvent[]): ReadonlySet<string> {
  return new Set(events.filter(({ kind }) => kind === 'started').map(({ stepId }) => stepId));
}

export function deriveSagaStatus(graph: StepGraph, events: readonly StepEvent[]): SagaStatus {
  if (graph.steps.length === 0) return 'succeeded';
  if (events.length === 0) return 'planned';
  const states = deriveStepStates(graph, events);
  const isAny = (...wanted: StepState[]): boolean =>
    [...states.values()].some((state) => wanted.includes(state));
  if (isAny('undoing', 'undone', 'undo-failed')) return deriveUndoStatus(graph, events, states);
  if (isAny('waiting', 'running')) return 'running';
  const ending = deriveEnding(graph, events);
  if (ending === 'succeeded') return 'succeeded';
  if (ending === 'keep') return 'kept';
  return deriveStartedSteps(events).size === 0 ? 'undone' : 'undoing';
}

function deriveUndoStatus(
  graph: StepGraph,
  events: readonly StepEvent[],
  states: ReadonlyMap<string, StepState>,
): SagaStatus {
  const started = deriveStartedSteps(events);
  const left = [...started].filter((id) => states.get(id) !== 'undone');
  if (left.length === 0) return 'undone';
  const blocked = blockedSteps(graph, states);
  return left.every((id) => blocked.has(id)) ? 'stuck' : 'undoing';
}

/** The steps whose undo failed and those that wait for them: a network is not removed under a VM that stays. */
function blockedSteps(graph: StepGraph, states: ReadonlyMap<string, StepState>): ReadonlySet<string> {
  const followers = followersOf(graph.steps);
  const blocked = new Set([...states].filter(([, state]) => state === 'undo-failed').map(([id]) => id));
  const isBlocked = (id: string): boolean =>
    (followers.get(id) ?? []).some((follower) => blocked.has(follower.id));
  let before: number;
  do {
    before = blocked.size;
    for (const { id } of graph.steps) if (isBlocked(id)) blocked.add(id);
  } while (blocked.size > before);
  return blocked;
}

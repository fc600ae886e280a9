import type { SagaStatus, StepEvent, StepGraph } from './model.ts';
import { type Ending, SagaProgress } from './saga-progress.ts';
import type { StepState } from './step-states.ts';

/** The state of every step of the graph, by step id, from events in the order of their sequence. */
export function deriveStepStates(
  graph: StepGraph,
  events: readonly StepEvent[],
): ReadonlyMap<string, StepState> {
  const progress = progressAfter(graph, events);
  return new Map(graph.steps.map(({ id }) => [id, progress.stateOf(id) ?? 'waiting']));
}

/**
 * A request to cancel counts if it was written before the last step ended; one that came later is too late. So the
 * answer depends on the log alone and is the same however often it is asked.
 */
export function deriveEnding(graph: StepGraph, events: readonly StepEvent[]): Ending {
  return progressAfter(graph, events).ending;
}

/** The ids of the steps that may have done something: undo reaches all of them. */
export function deriveStartedSteps(events: readonly StepEvent[]): ReadonlySet<string> {
  return new Set(events.filter(({ kind }) => kind === 'started').map(({ stepId }) => stepId));
}

export function deriveSagaStatus(graph: StepGraph, events: readonly StepEvent[]): SagaStatus {
  return progressAfter(graph, events).status;
}

function progressAfter(graph: StepGraph, events: readonly StepEvent[]): SagaProgress {
  const progress = new SagaProgress(graph);
  progress.absorb(events);
  return progress;
}

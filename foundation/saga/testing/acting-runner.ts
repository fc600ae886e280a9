import { type ErrorCode, PlatformError } from '@trencadis/errors';
import { newPlanId } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { z } from 'zod';
import { type PlannedStep, type StepContext, type StepGraph, defineStepKind } from '../index.ts';
import { SagaRunner } from '../saga-runner.ts';
import type { SagaStore } from '../store.ts';
import { type MemoryWorkflows, createMemoryEngine } from './memory-engine.ts';
import { createMemorySagaStore } from './memory-store.ts';
import { simulatedClock } from './simulated-clock.ts';

const log = createLog({ name: 'test', level: 'silent' });
export const deadline = () => AbortSignal.timeout(40_000);
export type Act = (context: StepContext<object>, id: string) => Promise<void> | void;

interface RunnerOptions {
  readonly run?: Act;
  readonly undo?: Act;
  readonly concurrency?: number;
  readonly store?: SagaStore;
  readonly workflows?: MemoryWorkflows;
  readonly retryForMs?: number;
  readonly isWaiting?: boolean;
}

/** A runner whose one kind of step does what `run` and `undo` say; `calls` holds what was called, in order. */
export async function makeRunner({ run, undo, concurrency = 4, ...given }: RunnerOptions) {
  const { store = createMemorySagaStore(), workflows = new Map(), retryForMs, isWaiting = false } = given;
  const calls: string[] = [];
  const kind = defineStepKind<object, { id: string }>({
    kind: 'act@1',
    args: z.object({ id: z.string() }),
    isWaiting,
    ...(retryForMs === undefined ? {} : { retryForMs }),
    run: async (context, { id }) => {
      calls.push(`run ${id}`);
      await run?.(context, id);
    },
    undo: async (context, { id }) => {
      calls.push(`undo ${id}`);
      await undo?.(context, id);
    },
  });
  const runner = await SagaRunner.launch(
    { engine: createMemoryEngine(workflows), store },
    {
      stepKinds: [kind],
      makeContext: () => ({}),
      log,
      clock: simulatedClock(),
      concurrency,
      deadlines: { runMs: 10_000, undoMs: 60_000 },
    },
  );
  return { runner, calls, store, workflows };
}

export const step = (id: string, ...after: string[]): PlannedStep => ({
  id,
  kind: 'act@1',
  title: id,
  args: { id },
  after,
});
export const graphOf = (steps: PlannedStep[], onFailure: StepGraph['onFailure'] = 'undo'): StepGraph => ({
  planId: newPlanId(),
  steps,
  onFailure,
});
export const failing =
  (failingId: string, code: ErrorCode, times = Infinity): Act =>
  (_context, id) => {
    if (id === failingId && (times -= 1) >= 0) throw new PlatformError(code, `${id} says ${code}.`);
  };

export async function apply(runner: SagaRunner<object>, graph: StepGraph) {
  await runner.start(graph);
  return runner.wait(graph.planId, deadline());
}

import { systemClock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { createLog } from '@trencadis/log';
import { expect, it } from 'vitest';
import type { SagaStatus, StepGraph } from '../model.ts';
import type { MakeContext } from '../saga-parts.ts';
import { SagaRunner } from '../saga-runner.ts';
import { type AnyStepKind, getStepKind, stepKindsByName } from '../step-kinds.ts';
import type { SagaStore } from '../store.ts';
import { topologicalOrder } from '../topological-order.ts';
import { type MemoryWorkflows, createMemoryEngine } from './memory-engine.ts';
import { createMemorySagaStore, crashingStore } from './memory-store.ts';

/** What the steps of a plan act on, fresh and empty. */
export interface SagaWorld<Context> {
  readonly stepKinds: readonly AnyStepKind<Context>[];
  readonly makeContext: MakeContext<Context>;
  /** What is there and would not be if the plan had never run, named for people. */
  leftovers(): Promise<readonly string[]>;
  /** Fails unless the plan's result is there, whole and once. */
  expectDone(): Promise<void> | void;
}

export type MakeWorld<Context> = () => SagaWorld<Context> | Promise<SagaWorld<Context>>;

const log = createLog({ name: 'saga-test', level: 'silent' });
const caseDeadlineMs = 40_000;
const suiteTimeoutMs = 120_000;

/** One test for each step failing before it acts and one for it failing after: nothing may be left of the plan. */
export function itUnwindsFromEveryStep<Context>(graph: StepGraph, makeWorld: MakeWorld<Context>): void {
  for (const step of graph.steps) {
    for (const when of ['before', 'after'] as const) {
      it(`leaves nothing when '${step.id}' fails ${when} it acts`, async () => {
        const world = await makeWorld();
        const { graph: failing, stepKinds } = withFailingStep(graph, world.stepKinds, {
          stepId: step.id,
          when,
        });
        const status = await runOnce(failing, { ...world, stepKinds }, createMemorySagaStore(), new Map());
        expect(await world.leftovers()).toEqual([]);
        expect(status).toBe('undone');
      });
    }
  }
}

/**
 * Runs the plan again and again; each time the process "dies" at another write of its log (before the write is
 * stored, or after), and a new runner takes over. The plan must end done with nothing made twice; and when its last
 * step fails, undone with nothing left.
 */
export function itResumesAfterEveryLogWrite<Context>(graph: StepGraph, makeWorld: MakeWorld<Context>): void {
  const lastStep = topologicalOrder(graph.steps).ordered.at(-1);
  for (const when of ['before', 'after'] as const) {
    it(`ends done after dying ${when} any write of its log`, { timeout: suiteTimeoutMs }, async () => {
      const deaths = await dieAtEveryWrite(graph, makeWorld, when, async (world, status) => {
        expect(status).toBe('succeeded');
        await world.expectDone();
      });
      expect(deaths, 'each step writes its start and its end').toBeGreaterThanOrEqual(
        graph.steps.length > 0 ? 2 : 0,
      );
    });
    it.skipIf(lastStep === undefined)(
      `leaves nothing after dying ${when} any write of its undo`,
      { timeout: suiteTimeoutMs },
      async () => {
        const stepId = lastStep?.id ?? '';
        const makeFailing = async () => {
          const world = await makeWorld();
          return { ...world, ...withFailingStep(graph, world.stepKinds, { stepId, when: 'after' }) };
        };
        const { graph: failing } = await makeFailing();
        await dieAtEveryWrite(failing, makeFailing, when, async (world, status) => {
          expect(await world.leftovers()).toEqual([]);
          expect(status).toBe('undone');
        });
      },
    );
  }
}

/** Answers how many deaths there were until the plan came through its first life. */
async function dieAtEveryWrite<Context>(
  graph: StepGraph,
  makeWorld: MakeWorld<Context>,
  when: 'before' | 'after',
  check: (world: SagaWorld<Context>, status: SagaStatus | 'crashed') => Promise<void>,
): Promise<number> {
  for (let crashAt = 1; ; crashAt += 1) {
    const world = await makeWorld();
    const store = createMemorySagaStore();
    const workflows: MemoryWorkflows = new Map();
    const first = await runOnce(graph, world, crashingStore(store, crashAt, when), workflows);
    const hasCrashed = first === 'crashed';
    await check(world, hasCrashed ? await runOnce(graph, world, store, workflows) : first);
    if (!hasCrashed) return crashAt - 1;
  }
}

/** One life of a process: launches, starts the plan (again), waits for its end or its crash. */
async function runOnce<Context>(
  graph: StepGraph,
  world: SagaWorld<Context>,
  store: SagaStore,
  workflows: MemoryWorkflows,
): Promise<SagaStatus | 'crashed'> {
  const runner = await SagaRunner.launch(
    { engine: createMemoryEngine(workflows), store },
    {
      stepKinds: world.stepKinds,
      makeContext: world.makeContext,
      log,
      clock: systemClock,
      concurrency: 4,
    },
  );
  try {
    await runner.start({ ...graph, onFailure: 'undo' });
    return await runner.wait(graph.planId, AbortSignal.timeout(caseDeadlineMs));
  } catch (error) {
    if (error instanceof PlatformError && error.message.includes('cannot be written')) return 'crashed';
    throw error;
  } finally {
    await runner.close();
  }
}

/** The same plan with one step of a kind that fails; its undo is the true one. */
function withFailingStep<Context>(
  graph: StepGraph,
  kinds: readonly AnyStepKind<Context>[],
  { stepId, when }: { readonly stepId: string; readonly when: 'before' | 'after' },
): { readonly graph: StepGraph; readonly stepKinds: readonly AnyStepKind<Context>[] } {
  const failed = new PlatformError('internal', `The test makes '${stepId}' fail ${when} it acts.`);
  const steps = graph.steps.map((step) =>
    step.id === stepId ? { ...step, kind: `${step.kind}-fails` } : step,
  );
  const original = getStepKind(
    stepKindsByName(kinds),
    graph.steps.find(({ id }) => id === stepId)?.kind ?? '',
  );
  const failing: AnyStepKind<Context> = {
    ...original,
    kind: `${original.kind}-fails`,
    run: async (context, args) => {
      if (when === 'after') await original.run(context, args);
      throw failed;
    },
  };
  return { graph: { ...graph, steps }, stepKinds: [...kinds, failing] };
}

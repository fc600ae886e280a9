import fc from 'fast-check';
import { systemClock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { newPlanId } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { expect, it } from 'vitest';
import { SagaRunner } from './saga-runner.ts';
import { deriveStartedSteps } from './derive-status.ts';
import type { AnyStepKind } from './step-kinds.ts';
import { type BoxContext, boxStep, makeBoxWorld } from './testing/box-world.ts';
import { createMemoryEngine } from './testing/memory-engine.ts';
import { createMemorySagaStore } from './testing/memory-store.ts';
import { topologicalOrder } from './topological-order.ts';

const log = createLog({ name: 'test', level: 'silent' });

/** Steps s0..sn in any order; each stands on some with a smaller number; some fail to run, some to be undone. */
const scenario = fc
  .array(
    fc.record({
      after: fc.array(fc.nat(20), { maxLength: 3 }),
      fails: fc.oneof(fc.constant('nothing'), fc.constantFrom('run', 'undo')),
    }),
    {
      minLength: 1,
      maxLength: 9,
    },
  )
  .chain((drafts) => {
    const steps = drafts.map(({ after }, index) =>
      boxStep(`s${index}`, index === 0 ? [] : [...new Set(after.map((n) => `s${n % index}`))]),
    );
    const failing = (what: string) =>
      new Set(steps.filter((_, index) => drafts[index]?.fails === what).map(({ id }) => id));
    return fc.record({
      steps: fc.shuffledSubarray(steps, { minLength: steps.length }),
      failsToRun: fc.constant(failing('run')),
      failsToUndo: fc.constant(failing('undo')),
      concurrency: fc.integer({ min: 1, max: 3 }),
    });
  });

type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;

/** Six boxes' kind, but the named boxes refuse after they were made, or refuse to go. */
function refusingKind(
  { failsToRun, failsToUndo }: Scenario,
  kind: AnyStepKind<BoxContext>,
): AnyStepKind<BoxContext> {
  const refuse = (ids: ReadonlySet<string>, { name }: { name: string }) => {
    if (ids.has(name)) throw new PlatformError('forbidden', `${name} refuses.`);
  };
  return {
    ...kind,
    run: async (context, args) => {
      await kind.run(context, args);
      refuse(failsToRun, args);
    },
    undo: async (context, args) => {
      refuse(failsToUndo, args);
      if (typeof kind.undo === 'function') await kind.undo(context, args);
    },
  };
}

async function applyScenario(given: Scenario) {
  const world = makeBoxWorld();
  const runner = await SagaRunner.launch(
    { engine: createMemoryEngine(new Map()), store: createMemorySagaStore() },
    {
      stepKinds: world.stepKinds.map((kind) => refusingKind(given, kind)),
      makeContext: world.makeContext,
      log,
      clock: systemClock,
      concurrency: given.concurrency,
    },
  );
  const planId = newPlanId();
  await runner.start({ planId, steps: given.steps, onFailure: 'undo' });
  const status = await runner.wait(planId, AbortSignal.timeout(40_000));
  const started = deriveStartedSteps(await runner.events(planId));
  return {
    status,
    left: await world.leftovers(),
    stubborn: [...given.failsToUndo].filter((id) => started.has(id)),
  };
}

it('any graph ends whole, gone, or stuck where an undo failed', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const { status, left, stubborn } = await applyScenario(given);
      const failure = stubborn.length === 0 ? 'undone' : 'stuck';
      expect(status).toBe(given.failsToRun.size === 0 ? 'succeeded' : failure);
      const mustStay = status === 'succeeded' ? given.steps.map(({ id }) => id) : stubborn;
      expect(left).toEqual(expect.arrayContaining(mustStay));
      expect(status === 'undone' ? left : []).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

it('topologicalOrder puts every step after those it waits for', () => {
  fc.assert(
    fc.property(scenario, ({ steps }) => {
      const { ordered, cyclic } = topologicalOrder(steps);
      const places = new Map(ordered.map(({ id }, place) => [id, place]));
      expect(cyclic).toEqual([]);
      expect(ordered).toHaveLength(steps.length);
      return steps.every(({ id, after }) => after.every((before) => places.get(before)! < places.get(id)!));
    }),
  );
});

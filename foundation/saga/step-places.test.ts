import { newPlanId } from '@trencadis/ids';
import { expect, it } from 'vitest';
import { type Act, deadline, graphOf, makeRunner, step } from './testing/acting-runner.ts';

/** Steps called `slow…` end when they are let go. */
function slowSteps() {
  const { promise: letGo, resolve } = Promise.withResolvers<void>();
  let [now, most] = [0, 0];
  const run: Act = async (_context, id) => {
    if (!id.startsWith('slow')) return;
    most = Math.max(most, (now += 1));
    await letGo;
    now -= 1;
  };
  return { run, letGo: resolve, most: () => most };
}

const slow = (count: number) => Array.from({ length: count }, (_, index) => step(`slow ${index}`));

it('are shared by all plans, and one more is each plan’s own: it goes on beside whatever takes long', async () => {
  const { run, letGo, most } = slowSteps();
  const { runner, calls } = await makeRunner({ run, concurrency: 2 });
  const others = [graphOf(slow(9)), graphOf(slow(9))];
  for (const graph of others) await runner.start(graph);
  await expect.poll(most).toBe(4);
  const graph = graphOf([step('a'), step('b', 'a'), step('c', 'b')]);
  await runner.start(graph);
  expect(await runner.wait(graph.planId, deadline())).toBe('succeeded');
  expect(calls.filter((call) => call.startsWith('run slow'))).toHaveLength(4);
  letGo();
  for (const { planId } of others) expect(await runner.wait(planId, deadline())).toBe('succeeded');
  expect(calls.filter((call) => call.startsWith('run slow'))).toHaveLength(18);
  expect(new Set(calls).size).toBe(9 + 3);
});

it('are not taken by steps that mostly wait', async () => {
  const { run, letGo, most } = slowSteps();
  const { runner } = await makeRunner({ run, concurrency: 2, isWaiting: true });
  const graphs = Array.from({ length: 5 }, () => ({ ...graphOf(slow(2)), planId: newPlanId() }));
  for (const graph of graphs) await runner.start(graph);
  await expect.poll(most).toBe(10);
  letGo();
  for (const { planId } of graphs) expect(await runner.wait(planId, deadline())).toBe('succeeded');
});

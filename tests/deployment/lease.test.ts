import { afterEach, beforeEach, expect, it } from 'vitest';
import { SimulatedService, keyServerRequest } from './simulated-service.ts';

let simulated: SimulatedService;
beforeEach(async () => {
  simulated = await SimulatedService.start();
});
afterEach(() => simulated[Symbol.asyncDispose]());

const inOneDay = new Date(Date.UTC(2100, 0, 1));
const inTwoDays = new Date(Date.UTC(2100, 0, 2));

/** The same document again, with another lease. */
async function planWith(expiresAt: Date | null) {
  const planning = await simulated.service.plan(
    { ...keyServerRequest, expiresAt },
    AbortSignal.timeout(20_000),
  );
  if (planning.kind === 'planned') return planning.plan;
  throw new Error(JSON.stringify(planning.diagnostics));
}

async function lease(): Promise<Date | undefined> {
  return (await simulated.service.findByName('ana', keyServerRequest.name))?.expiresAt;
}

it('of what is there changes when the plan is applied, once, also where there is nothing else to do', async () => {
  await simulated.deploy();
  const plan = await planWith(inOneDay);
  expect([plan.steps, plan.expiresAt, await lease()]).toEqual([[], inOneDay.toISOString(), undefined]);
  await simulated.apply(plan);
  expect(await lease()).toEqual(inOneDay);
  await simulated.service.changeTerms(plan.infrastructureId, { expiresAt: inTwoDays, actor: 'ana' });
  await simulated.apply(plan);
  expect(await lease()).toEqual(inTwoDays);
});

it('stays when a deployment says nothing of it, and goes when it says none', async () => {
  const plan = await planWith(inOneDay);
  await simulated.apply(plan);
  await simulated.wait(plan);
  await simulated.apply(await simulated.plan());
  expect(await lease()).toEqual(inOneDay);
  await simulated.apply(await planWith(null));
  expect(await lease()).toBeUndefined();
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { SimulatedService } from './simulated-service.ts';

let simulated: SimulatedService;
beforeEach(async () => {
  simulated = await SimulatedService.start();
});
afterEach(() => simulated[Symbol.asyncDispose]());

async function phase(): Promise<string | undefined> {
  const caller = { owner: 'ana', groups: [], isAdmin: false };
  const infrastructures = await simulated.service.list(caller);
  const phases = await simulated.service.listPhases(infrastructures);
  return [...phases.values()].join();
}

it('tells how the last plan left each, and asks no VM manager', async () => {
  const { site } = simulated.platform;
  expect(await phase()).toBe('');
  const plan = await simulated.plan();
  expect(await phase()).toBe('planned');
  site.failNext('createVm', 'invalid-argument');
  await simulated.apply(plan);
  await simulated.wait(plan);
  expect(await phase()).toBe('failed');
  await simulated.deploy();
  const calls = site.calls('listVms');
  expect(await phase()).toBe('deployed');
  expect(site.calls('listVms')).toBe(calls);
  await simulated.wait(await simulated.destroy(plan));
  expect(await phase()).toBe('');
});

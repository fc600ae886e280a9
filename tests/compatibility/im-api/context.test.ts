import type { PlanId } from '@trencadis/ids';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clusterRadl } from './testing/documents.ts';
import { type ImCall, callIm } from './testing/im-call.ts';
import { type ImPlatform, startImPlatform } from './testing/im-platform.ts';

let platform: ImPlatform;
beforeAll(async () => {
  platform = await startImPlatform();
});
afterAll(() => platform[Symbol.asyncDispose]());

const call = (path: string, options: ImCall = {}) => callIm(platform.url, path, options);
const stateOf = async (id: string) =>
  JSON.parse((await call(`/infrastructures/${id}/state`)).text) as unknown;
const configured = { state: { state: 'configured' } };

async function create(radl: string): Promise<string> {
  const { text } = await call('/infrastructures', { method: 'POST', body: radl });
  return text.slice(text.lastIndexOf('/') + 1);
}

it('context=false adds and removes without contextualization, and the state says so until the next change', async () => {
  const id = await create(clusterRadl());
  await expect.poll(() => stateOf(id), { timeout: 20_000 }).toMatchObject(configured);
  const more = 'network public\nnetwork private\nsystem front\ndeploy front 1\n';
  const added = await call(`/infrastructures/${id}?context=false`, { method: 'POST', body: more });
  expect(added.text).toMatch(/\/vms\/2$/);
  const plans = async () => platform.service.listPlans(id as never);
  const stepsOf = async ({ id: planId }: { readonly id: PlanId }) =>
    (await platform.service.getPlan(planId)).steps.map(({ kind }) => kind);
  const [adding] = await plans();
  expect(await stepsOf(adding!)).toContain('create-vm@1');
  expect(await stepsOf(adding!)).not.toContain('configure-vm@2');
  await platform.sagas.wait(adding!.id);
  expect(await stateOf(id)).toMatchObject({ state: { vm_states: { 2: 'unconfigured' } } });

  const gone = await call(`/infrastructures/${id}/vms/1?context=no`, { method: 'DELETE' });
  expect(gone.status).toBe(200);
  const [removing] = await plans();
  expect(await stepsOf(removing!)).not.toContain('configure-vm@2');
  const worker = 'network private\nsystem worker\ndeploy worker 1\n';
  expect((await call(`/infrastructures/${id}`, { method: 'POST', body: worker })).status).toBe(200);
  const [last] = await plans();
  expect(await stepsOf(last!)).toContain('configure-vm@2');
  await expect.poll(() => stateOf(id), { timeout: 20_000 }).toMatchObject(configured);
});

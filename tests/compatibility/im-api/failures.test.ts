import { afterEach, describe, expect, it } from 'vitest';
import { clusterRadl, oneVmRadl } from './testing/documents.ts';
import { MemoryVmmWorld } from '@trencadis/vmm-memory';
import { type ImCall, callIm, lineOf } from './testing/im-call.ts';
import { type ImPlatform, type ImPlatformOptions, startImPlatform } from './testing/im-platform.ts';

let platform: ImPlatform;
afterEach(() => platform[Symbol.asyncDispose]());

const call = (path: string, options: ImCall = {}) => callIm(platform.url, path, options);
const stateOf = async (id: string) =>
  (JSON.parse((await call(`/infrastructures/${id}/state`)).text) as { state: { state: string } }).state.state;

async function start(options: ImPlatformOptions = {}): Promise<void> {
  platform = await startImPlatform(options);
}

async function create(radl: string, query = ''): Promise<string> {
  const answer = await call(`/infrastructures${query}`, { method: 'POST', body: radl });
  expect(answer).toMatchObject({ status: 200 });
  const { text } = answer;
  return text.slice(text.lastIndexOf('/') + 1);
}

/** Contextualization waits until it is called. */
function closeGate(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  platform.gate.wait = promise;
  return resolve;
}

const more = 'network private\nsystem worker\ndeploy worker 1\n';

describe('what fails', () => {
  it('while it is created is told, and leaves nothing behind', async () => {
    await start();
    platform.failures.vm = 'front';
    const answer = await call('/infrastructures', { method: 'POST', body: clusterRadl(1, 'memory') });
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('on purpose') });
    expect(platform.site.vms.size).toBe(0);
    expect((await call('/infrastructures')).text).toBe('');
  });

  it('while it is created behind the call is its state, with the reason', async () => {
    await start();
    platform.failures.vm = 'front';
    const id = await create(clusterRadl(1, 'memory'), '?async=yes');
    await expect.poll(() => stateOf(id), { timeout: 20_000 }).toBe('failed');
    const { text } = await call(`/infrastructures/${id}/contmsg?headeronly=1`);
    expect(text).toContain('on purpose');
    expect((await call(`/infrastructures/${id}`, { method: 'DELETE' })).status).toBe(200);
    expect(platform.site.vms.size).toBe(0);
  });

  it('to be observed is unknown, and no failure of the call', async () => {
    await start();
    const id = await create(oneVmRadl);
    await expect.poll(() => stateOf(id)).toBe('configured');
    platform.site.failNext('listVms', 'unavailable', 100);
    await expect.poll(() => stateOf(id), { timeout: 5_000 }).toBe('unknown');
    expect((await call(`/infrastructures/${id}/vms/0`)).status).toBe(200);
  });

  it('while machines are added is told, and leaves what was there', async () => {
    await start();
    const id = await create(clusterRadl());
    platform.failures.vm = 'worker-2';
    const answer = await call(`/infrastructures/${id}`, { method: 'POST', body: more });
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('on purpose') });
    expect(platform.site.vms.size).toBe(2);
    expect((await call(`/infrastructures/${id}`)).text.split('\n')).toHaveLength(2);
    expect((await call(`/infrastructures/${id}`, { method: 'POST', body: more })).status).toBe(200);
  });

  it('as a recipe leaves the machines, says unconfigured, and why', async () => {
    await start();
    platform.failures.recipe = 'fatal: [front]: FAILED! no space left';
    const id = await create(clusterRadl());
    await expect.poll(() => stateOf(id), { timeout: 20_000 }).toBe('unconfigured');
    expect((await call(`/infrastructures/${id}/contmsg`)).text).toContain('no space left');
    platform.failures.recipe = undefined;
    expect((await call(`/infrastructures/${id}/reconfigure`, { method: 'PUT' })).status).toBe(200);
    await expect.poll(() => stateOf(id), { timeout: 20_000 }).toBe('configured');
  });
});

it('where there is no room, the next VM manager is taken, until there is none', async () => {
  await start();
  const lab = new MemoryVmmWorld();
  platform.dummies.set('lab', lab);
  // The caller's own comes first.
  const authorization = `${lineOf('ana')}\\nid = lab; type = Dummy; host = lab; token = letmein`;
  const createAnywhere = () =>
    call('/infrastructures', { method: 'POST', body: oneVmRadl.replace(' memory\n', '\n'), authorization });
  lab.failNext('createVm', 'quota-exceeded');
  expect(await createAnywhere()).toMatchObject({ status: 200 });
  expect([lab.vms.size, platform.site.vms.size]).toEqual([0, 1]);
  lab.failNext('createVm', 'quota-exceeded');
  platform.site.failNext('createVm', 'quota-exceeded');
  expect(await createAnywhere()).toMatchObject({ status: 400, text: expect.stringContaining('no room') });
  expect([lab.vms.size, platform.site.vms.size]).toEqual([0, 1]);
});

describe('while contextualization goes on', () => {
  it('the state is running, and what comes next waits for its turn', async () => {
    await start();
    const open = closeGate();
    const id = await create(clusterRadl());
    await expect.poll(() => stateOf(id)).toBe('running');
    const added = call(`/infrastructures/${id}`, { method: 'POST', body: more });
    const stopped = call(`/infrastructures/${id}/vms/1/stop`, { method: 'PUT' });
    setTimeout(open, 200);
    expect(await added).toMatchObject({ status: 200, text: expect.stringMatching(/\/vms\/2$/) });
    expect((await stopped).status).toBe(200);
  });

  it('what does not get its turn is refused', async () => {
    await start({ queueMs: 200 });
    const open = closeGate();
    const id = await create(clusterRadl());
    const answer = await call(`/infrastructures/${id}`, { method: 'POST', body: more });
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('still running') });
    open();
  });

  it('deleting stops it', async () => {
    await start();
    const open = closeGate();
    const id = await create(clusterRadl());
    expect((await call(`/infrastructures/${id}`, { method: 'DELETE' })).status).toBe(200);
    expect(platform.site.vms.size).toBe(0);
    open();
  });
});

it('deleting while machines are added is a conflict, unless it is forced', async () => {
  await start({ latencyMs: (operation) => (operation === 'createVm' ? 1_500 : 0) });
  const id = await create(oneVmRadl, '?async=yes');
  expect(await stateOf(id)).toBe('pending');
  expect((await call(`/infrastructures/${id}`, { method: 'DELETE' })).status).toBe(409);
  expect((await call(`/infrastructures/${id}?force=yes`, { method: 'DELETE' })).status).toBe(200);
  expect(platform.site.vms.size).toBe(0);
});

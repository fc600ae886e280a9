import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterRadl, oneVmRadl } from './testing/documents.ts';
import { type ImCall, callIm, lineOf } from './testing/im-call.ts';
import { type ImPlatform, startImPlatform } from './testing/im-platform.ts';

let platform: ImPlatform;
beforeAll(async () => {
  platform = await startImPlatform();
});
afterAll(() => platform[Symbol.asyncDispose]());

const call = (path: string, options: ImCall = {}) => callIm(platform.url, path, options);

async function create(radl = oneVmRadl): Promise<string> {
  const { text } = await call('/infrastructures', { method: 'POST', body: radl });
  return text.slice(text.lastIndexOf('/') + 1);
}

const dataOf = async (id: string, query = '') => {
  const { status, text } = await call(`/infrastructures/${id}/data${query}`);
  expect({ status, text }).toMatchObject({ status: 200 });
  return (JSON.parse(text) as { data: Record<string, unknown> }).data;
};
const bringIn = (data: unknown, options: ImCall = {}) =>
  call('/infrastructures', {
    method: 'PUT',
    body: JSON.stringify(data),
    type: 'application/json',
    ...options,
  });
const vmsOf = (id: string) => [...platform.site.vms.keys()].filter((name) => name.startsWith(id));
const stateOf = async (id: string) => (await call(`/infrastructures/${id}/state`)).text;
const configured = expect.stringContaining('"state":"configured"');

describe('an export', () => {
  it('tells all but its secrets, which are sealed, and changes nothing', async () => {
    const id = await create(clusterRadl());
    await expect.poll(() => stateOf(id), { timeout: 20_000 }).toEqual(configured);
    const data = await dataOf(id);
    expect(data).toMatchObject({ id, members: [{ ordinal: 0 }, { ordinal: 1 }] });
    expect(JSON.stringify(data)).not.toContain('PRIVATE KEY');
    expect(await stateOf(id)).toEqual(configured);
    expect(await bringIn(data)).toMatchObject({
      status: 400,
      text: expect.stringContaining('known here already'),
    });
  });

  it('is for the owner only', async () => {
    const id = await create();
    await platform.service.changeTerms(id as never, {
      shares: [{ group: 'readers', right: 'change' }],
      actor: 'ana',
    });
    const path = `/infrastructures/${id}/data?delete=yes`;
    expect((await call(path, { authorization: lineOf('reader') })).status).toBe(403);
    expect(await stateOf(id)).toEqual(configured);
  });
});

describe('an export with delete', () => {
  it('releases it: its VMs stay, nothing here acts on it, and it is taken up again', async () => {
    const id = await create(clusterRadl());
    await expect.poll(() => stateOf(id), { timeout: 20_000 }).toEqual(configured);
    const vms = vmsOf(id);
    const data = await dataOf(id, '?delete=yes');
    expect(vmsOf(id)).toEqual(vms);
    expect((await call('/infrastructures')).text).not.toContain(id);
    expect((await call(`/infrastructures/${id}`)).status).toBe(404);
    expect((await call(`/infrastructures/${id}`, { method: 'DELETE' })).status).toBe(404);
    const { signal } = new AbortController();
    await expect(platform.service.destroy(id as never, { actor: 'ana' }, signal)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(vmsOf(id)).toEqual(vms);
    expect(await dataOf(id, '?delete=yes')).toMatchObject({ id });

    const uri = `${platform.url}/infrastructures/${id}`;
    expect(await bringIn({ data })).toMatchObject({ status: 200, text: uri });
    expect((await call('/infrastructures')).text).toContain(id);
    expect(await stateOf(id)).toEqual(configured);
    const add = { method: 'POST', body: 'network private\nsystem worker\ndeploy worker 1\n' };
    expect((await call(`/infrastructures/${id}`, add)).text).toBe(`${uri}/vms/2`);
    expect((await call(`/infrastructures/${id}`, { method: 'DELETE' })).status).toBe(200);
    expect(vmsOf(id)).toEqual([]);
    expect((await call(`/infrastructures/${id}/data`)).status).toBe(404);
    expect((await bringIn(data)).status).toBe(400);
  });

  it('leaves the VMs that are there when adding to what was imported fails', async () => {
    const id = await create(clusterRadl());
    await expect.poll(() => stateOf(id), { timeout: 20_000 }).toEqual(configured);
    await bringIn(await dataOf(id, '?delete=yes'));
    const vms = vmsOf(id);
    platform.failures.vm = 'worker-2';
    const add = { method: 'POST', body: 'network private\nsystem worker\ndeploy worker 1\n' };
    expect((await call(`/infrastructures/${id}`, add)).status).toBe(400);
    expect(vmsOf(id)).toEqual(vms);
  });

  it('is refused while a plan runs', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    platform.gate.wait = promise;
    const id = await create(clusterRadl());
    const answer = await call(`/infrastructures/${id}/data?delete=yes`);
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('has not ended') });
    expect((await call('/infrastructures')).text).toContain(id);
    resolve();
    platform.gate.wait = Promise.resolve();
  });

  it('lets nobody else take up what was released', async () => {
    const id = await create();
    const data = await dataOf(id, '?delete=yes');
    expect((await bringIn(data, { authorization: lineOf('ben') })).status).toBe(400);
    expect((await bringIn(data)).status).toBe(200);
  });
});

describe('an import', () => {
  it.each([
    ['no JSON', 'x', /no JSON/],
    ['no export', '{"data": {"id": "x"}}', /trencadis export/],
    ['RADL', JSON.stringify([{ class: 'network', id: 'public' }]), /trencadis export/],
  ])('of %s is refused', async (_what, body, message) => {
    const answer = await call('/infrastructures', { method: 'PUT', body, type: 'application/json' });
    expect(answer).toMatchObject({ status: 400, text: expect.stringMatching(message) });
  });

  it('takes no form', async () => {
    expect((await bringIn({}, { type: 'text/yaml' })).status).toBe(415);
  });
});

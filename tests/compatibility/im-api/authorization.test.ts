import { imRoutes } from '@trencadis/im-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oneVmRadl } from './testing/documents.ts';
import { type ImReply, callIm, lineOf } from './testing/im-call.ts';
import { type ImPlatform, adminToken, password, startImPlatform } from './testing/im-platform.ts';

let platform: ImPlatform;
/** Ana's. */
let id: string;
beforeAll(async () => {
  platform = await startImPlatform();
  const { text } = await callIm(platform.url, '/infrastructures', { method: 'POST', body: oneVmRadl });
  id = text.slice(text.lastIndexOf('/') + 1);
});
afterAll(() => platform[Symbol.asyncDispose]());

const basic = (name: string, secret: string) =>
  `Basic ${Buffer.from(`${name}:${secret}`, 'utf8').toString('base64')}`;
const list = (authorization: string) => callIm(platform.url, '/infrastructures', { authorization });

const routes = imRoutes.map(({ method, url }) => ({ method, url }));
const owned = routes.filter(({ url }) => url.includes(':infrastructure'));

/** Bodies that would be taken. */
const bodies: Readonly<Record<string, string>> = {
  'POST /infrastructures': oneVmRadl,
  'POST /infrastructures/:infrastructure': 'network public\nsystem node\ndeploy node 1\n',
  'PUT /infrastructures/:infrastructure/vms/:vm': 'system node (cpu.count = 2)',
  'POST /infrastructures/:infrastructure/authorization': JSON.stringify({ username: 'ben', password }),
};

async function callRoute(
  { method, url }: { readonly method: string; readonly url: string },
  authorization: string,
  infrastructure = id,
): Promise<ImReply> {
  const path = url
    .replace(':infrastructure', infrastructure)
    .replace(':vm', '0')
    .replace(':disk', '0')
    .replace(':cloud', 'memory')
    .replace(':property', url.includes('/vms/') ? 'cpu.count' : 'radl');
  const query = url.endsWith('snapshot')
    ? '?image_name=some-image'
    : url.endsWith('authorization')
      ? '?overwrite=1'
      : '';
  const body = bodies[`${method} ${url}`];
  return callIm(platform.url, `${path}${query}`, {
    method,
    authorization,
    ...(body === undefined ? {} : { body }),
  });
}

const vmsNow = () => [...platform.site.vms.keys()].toSorted();

describe('credentials', () => {
  it.each([
    ['a line', () => lineOf('ana')],
    [
      'a line among others',
      () => `id = one; type = OpenNebula; host = h; username = u; password = p\\n${lineOf('ana')}\\n`,
    ],
    ['a JSON list', () => JSON.stringify([{ type: 'InfrastructureManager', username: 'ana', password }])],
    ['Basic', () => basic('ana', password)],
  ])('%s is the account', async (_what, authorization) => {
    expect(await list(authorization())).toMatchObject({ status: 200, text: expect.stringContaining(id) });
  });

  it.each([
    ['Bearer', `Bearer ${adminToken}`],
    ['a line with a token', `type = InfrastructureManager; token = ${adminToken}`],
  ])('%s is whom the platform’s own API knows by it', async (_what, authorization) => {
    expect(await list(authorization)).toMatchObject({ status: 200, text: '' });
    const { status } = await callIm(platform.url, `/infrastructures/${id}`, { authorization });
    expect(status).toBe(200);
  });

  it('that were right stay right, and those that were wrong stay wrong', async () => {
    for (const status of [200, 401, 200, 401])
      expect((await list(lineOf('ben', status === 200 ? password : 'wrong'))).status).toBe(status);
  });
});

const wrong: Readonly<Record<string, string>> = {
  'no header': '',
  'a wrong password': lineOf('ana', 'wrong'),
  'nobody’s name': lineOf('nobody'),
  'a wrong token': 'Bearer wrong',
  'a token of a line that is wrong': 'type = InfrastructureManager; token = wrong',
  'Basic with a wrong password': basic('ana', 'wrong'),
  'only a cloud’s line': 'id = one; type = OpenNebula; host = h; username = ana; password = hunter2hunter2',
  'what cannot be read': 'hunter2hunter2',
};

describe.each(Object.entries(wrong))('with %s', (_what, authorization) => {
  it('the answer is 401 and repeats nothing', async () => {
    const answer = await list(authorization);
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain('hunter2');
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  });
});

describe.each(routes)('$method $url', (route) => {
  it.each(['', 'Bearer wrong'])('answers 401 to %j, and does nothing', async (authorization) => {
    const before = vmsNow();
    expect((await callRoute(route, authorization)).status).toBe(401);
    expect(vmsNow()).toEqual(before);
  });
});

describe.each(owned)('$method $url of another account', (route) => {
  it('is answered like what does not exist, and does nothing', async () => {
    const before = vmsNow();
    const answer = await callRoute(route, lineOf('ben'));
    const missing = await callRoute(route, lineOf('ben'), 'inf-aaaaaaaa');
    expect(answer.status).toBe(404);
    expect(answer.text.replaceAll(id, 'inf-aaaaaaaa')).toBe(missing.text);
    expect(vmsNow()).toEqual(before);
  });
});

it('lists and counts nobody else’s infrastructures', async () => {
  expect((await list(lineOf('ben'))).text).toBe('');
  expect((await callIm(platform.url, '/stats', { authorization: lineOf('ben') })).text).toBe('{"stats":[]}');
});

it('shows who may only read no key and lets them change nothing', async () => {
  const { service } = platform;
  const infrastructure = await service.findByName('ana', (await service.get(id as never)).name);
  await service.changeTerms(infrastructure!.id, {
    shares: [{ group: 'readers', right: 'read' }],
    actor: 'ana',
  });
  const asReader = lineOf('reader');
  const shown = await callIm(platform.url, `/infrastructures/${id}/vms/0`, { authorization: asReader });
  expect(shown.status).toBe(200);
  expect(shown.text).not.toContain('PRIVATE KEY');
  const stopped = await callIm(platform.url, `/infrastructures/${id}/stop`, {
    method: 'PUT',
    authorization: asReader,
  });
  expect(stopped.status).toBe(403);
});

it('may be a whole file of keys', async () => {
  const line = `id = big; type = EC2; username = u; password = ${'k'.repeat(40_000)}`;
  expect((await list(`${lineOf('ana')}\\n${line}`)).status).toBe(200);
});

describe('the lines of a call', () => {
  const radl = oneVmRadl.replace('deploy node 1 memory', 'deploy node 1 My_Lab');
  const create = (lines: string) =>
    callIm(platform.url, '/infrastructures', {
      method: 'POST',
      body: radl,
      authorization: `${lineOf('ana')}\\n${lines}`,
    });

  it('become the caller’s own VM managers, by their ids', async () => {
    const answer = await create('id = My_Lab; type = Dummy; host = my-lab; token = letmein');
    expect(answer).toMatchObject({ status: 200 });
    expect(platform.dummies.get('my-lab')?.vms.size).toBe(1);
    const own = await platform.sites.offeredTo({ owner: 'ana', groups: [] });
    expect(own.map(({ name }) => name)).toContain('my-lab');
    const others = await platform.sites.offeredTo({ owner: 'ben', groups: [] });
    expect(others.map(({ name }) => name)).not.toContain('my-lab');
  });

  it('of a type without a driver are in nobody’s way, until a document deploys there', async () => {
    const line = 'id = My_Lab2; type = EC2; username = u; password = hunter2hunter2';
    expect((await create(`id = My_Lab; type = Dummy; host = my-lab; token = letmein\\n${line}`)).status).toBe(
      200,
    );
    const answer = await callIm(platform.url, '/infrastructures', {
      method: 'POST',
      body: radl.replace('My_Lab', 'My_Lab2'),
      authorization: `${lineOf('ana')}\\n${line}`,
    });
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('EC2') });
    expect(answer.text).not.toContain('hunter2');
  });

  it('that lead nowhere leave the platform’s own to be used, also by their id', async () => {
    const answer = await callIm(platform.url, '/infrastructures', {
      method: 'POST',
      body: oneVmRadl,
      authorization: `${lineOf('ana')}\\nid = memory; type = Dummy\\ntype = Dummy`,
    });
    expect(answer).toMatchObject({ status: 200 });
  });

  it('with wrong credentials are refused and not repeated', async () => {
    const answer = await create('id = other; type = Dummy; host = other; token = hunter2hunter2');
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('hunter2');
  });
});

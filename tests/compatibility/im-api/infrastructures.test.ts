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
const json = 'application/json';
const jsonOf = ({ text }: { readonly text: string }) => JSON.parse(text) as unknown;

async function create(radl: string, query = ''): Promise<string> {
  const { text } = await call(`/infrastructures${query}`, { method: 'POST', body: radl });
  expect(text).toMatch(/\/im\/infrastructures\/inf-/);
  return text.slice(text.lastIndexOf('/') + 1);
}

const stateOf = async (id: string) => jsonOf(await call(`/infrastructures/${id}/state`)) as object;
const configured = { state: { state: 'configured' } };

describe('POST /infrastructures', () => {
  it('answers when the machines are there, with the URI and the header InfID', async () => {
    const answer = await call('/infrastructures', { method: 'POST', body: clusterRadl() });
    expect(answer.text).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/im\/infrastructures\/inf-\w+$/);
    expect(answer).toMatchObject({ status: 200, type: 'text/uri-list; charset=utf-8' });
    const id = answer.headers.get('InfID') ?? '';
    expect(answer.text.endsWith(`/${id}`)).toBe(true);
    expect([...platform.site.vms.keys()].filter((name) => name.startsWith(id))).toHaveLength(2);
    expect((await platform.service.findByName('ana', 'my-cluster'))?.id).toBe(id);
  });

  it('makes another one each time, whatever they are called', async () => {
    expect(await create(clusterRadl())).not.toBe(await create(clusterRadl()));
  });

  it('makes as many as are asked for at once', async () => {
    const radl = `description twins (name = 'Twins')\n${oneVmRadl}`;
    const ids = await Promise.all(Array.from({ length: 4 }, () => create(radl)));
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect((await call(`/infrastructures/${id}`)).text).toMatch(/\/vms\/0$/);
  });

  it('takes JSON RADL, and answers JSON', async () => {
    const body = JSON.stringify([
      { class: 'network', id: 'public', outbound: 'yes' },
      {
        class: 'system',
        id: 'node',
        'cpu.count_min': 1,
        'net_interface.0.connection': 'public',
        'disk.0.os.name': 'linux',
      },
      { class: 'deploy', system: 'node', vm_number: 2, cloud: 'memory' },
    ]);
    const answer = await call('/infrastructures', { method: 'POST', body, type: json, accept: json });
    expect(answer.type).toBe('application/json; charset=utf-8');
    const { uri } = jsonOf(answer) as { uri: string };
    const vms = await call(uri.slice(platform.url.length), { accept: json });
    expect(jsonOf(vms)).toEqual({ 'uri-list': [{ uri: `${uri}/vms/0` }, { uri: `${uri}/vms/1` }] });
  });

  it('makes an empty infrastructure of an empty body', async () => {
    const { status, text } = await call('/infrastructures', { method: 'POST' });
    expect(status).toBe(200);
    const id = text.slice(text.lastIndexOf('/') + 1);
    expect(await stateOf(id)).toEqual({ state: { state: 'configured', vm_states: {} } });
    const added = await call(`/infrastructures/${id}`, { method: 'POST', body: oneVmRadl });
    expect(added.text).toMatch(/\/vms\/0$/);
  });

  it('estimates in a dry run, and makes nothing', async () => {
    const before = (await call('/infrastructures')).text;
    const answer = await call('/infrastructures?dry_run=yes', { method: 'POST', body: clusterRadl(2) });
    expect(jsonOf(answer)).toEqual({
      memory: {
        cloudType: 'memory',
        cloudEndpoint: '',
        compute: [
          { cpuCores: 1, memoryInMegabytes: expect.any(Number), publicIP: 1 },
          { cpuCores: 1, memoryInMegabytes: expect.any(Number) },
          { cpuCores: 1, memoryInMegabytes: expect.any(Number) },
        ],
        storage: [{ sizeInGigabytes: 2 }, { sizeInGigabytes: 2 }],
      },
    });
    expect((await call('/infrastructures')).text).toBe(before);
  });

  it.each([
    { what: 'broken RADL', body: 'system a (', status: 400, message: /line 1:/ },
    {
      what: 'an unknown image',
      body: oneVmRadl.replace(')\ndeploy', " and disk.0.os.flavour = 'nosuch')\ndeploy"),
      status: 400,
      message: /nosuch/,
    },
    {
      what: 'an unknown cloud',
      body: oneVmRadl.replace('memory\n', 'nowhere\n'),
      status: 400,
      message: /nowhere/,
    },
    { what: 'TOSCA', body: 'a: b', type: 'text/yaml', status: 415, message: /TOSCA is not read/ },
    { what: 'a form', body: 'a=b', type: 'multipart/form-data', status: 415, message: /is not read here/ },
    { what: 'JSON that is no RADL', body: '{"a": 1}', type: json, status: 400, message: /JSON RADL/ },
  ])('refuses $what, and leaves nothing', async ({ body, type = 'text/plain', status, message }) => {
    const before = (await call('/infrastructures')).text;
    const answer = await call('/infrastructures', { method: 'POST', body, type });
    expect(answer).toMatchObject({
      status,
      text: expect.stringMatching(message),
      type: 'text/plain; charset=utf-8',
    });
    expect((await call('/infrastructures')).text).toBe(before);
  });

  it('refuses 10 MB', async () => {
    const answer = await call('/infrastructures', { method: 'POST', body: `#${'x'.repeat(10_000_000)}` });
    expect(answer).toMatchObject({ status: 413, text: expect.stringContaining('8388608') });
  });

  it('names a parameter that is none, as IM’s framework does', async () => {
    const answer = await call('/infrastructures?async=perhaps', { method: 'POST', body: oneVmRadl });
    expect(answer.status).toBe(422);
    expect(jsonOf(answer)).toMatchObject({ detail: [{ loc: ['query', 'async'] }] });
  });
});

describe('GET /infrastructures', () => {
  it('lists URIs, as text and as JSON', async () => {
    const id = await create(oneVmRadl);
    const list = await call('/infrastructures');
    expect(list.type).toBe('text/uri-list; charset=utf-8');
    expect(list.text.split('\n')).toContain(`${platform.url}/infrastructures/${id}`);
    const asJson = jsonOf(await call('/infrastructures', { accept: json }));
    expect(asJson).toMatchObject({
      'uri-list': expect.arrayContaining([{ uri: `${platform.url}/infrastructures/${id}` }]),
    });
  });

  it('filters by a regular expression over the RADL, and not for ever', async () => {
    const id = await create(`description d (name = 'A needle')\n${oneVmRadl}`);
    const filter = encodeURIComponent("name\\s*=\\s*'A needle'");
    expect((await call(`/infrastructures?filter=${filter}`)).text).toBe(
      `${platform.url}/infrastructures/${id}`,
    );
    expect((await call('/infrastructures?filter=(')).status).toBe(400);
    const evil = encodeURIComponent('(([^x]+)+)+xyz$');
    expect((await call(`/infrastructures?filter=${evil}`)).status).toBe(400);
  });
});

describe('an infrastructure', () => {
  it('has properties', async () => {
    const id = await create(clusterRadl());
    await expect.poll(() => stateOf(id), { timeout: 20_000 }).toMatchObject(configured);
    const radl = await call(`/infrastructures/${id}/radl`);
    expect(radl).toMatchObject({
      type: 'text/plain; charset=utf-8',
      text: expect.stringContaining('deploy worker 1'),
    });
    expect(jsonOf(await call(`/infrastructures/${id}/radl`, { accept: json }))).toEqual({ radl: radl.text });
    const whole = (await call(`/infrastructures/${id}/contmsg`)).text;
    const head = (await call(`/infrastructures/${id}/contmsg?headeronly=yes`)).text;
    expect(whole).toContain('VM 0:\n');
    expect(whole.startsWith(head)).toBe(true);
    expect(head).not.toContain('TASK');
    expect((await call(`/infrastructures/${id}/authorization`)).text).toBe('ana');
  });

  it.each([
    ['/tosca', 403],
    ['/outputs', 403],
    ['/nothing', 404],
    ['/data?delete=perhaps', 422],
    ['/contmsg?headeronly=x', 422],
  ])('answers %s with %i', async (path, status) => {
    const id = await create(oneVmRadl);
    expect((await call(`/infrastructures/${id}${path}`)).status).toBe(status);
  });

  it('answers in a type that is accepted, or 415', async () => {
    const id = await create(oneVmRadl);
    expect((await call(`/infrastructures/${id}/state`, { accept: 'image/png' })).status).toBe(415);
    const browser = 'text/html,application/xhtml+xml,*/*;q=0.8';
    expect((await call(`/infrastructures/${id}`, { accept: browser })).type).toContain('text/uri-list');
  });

  it('is stopped, started and reconfigured', async () => {
    const id = await create(clusterRadl());
    expect(await call(`/infrastructures/${id}/stop`, { method: 'PUT' })).toMatchObject({
      status: 200,
      text: '',
    });
    expect(await stateOf(id)).toMatchObject({ state: { state: 'stopped' } });
    expect((await call(`/infrastructures/${id}/start`, { method: 'PUT' })).status).toBe(200);
    expect((await call(`/infrastructures/${id}/reconfigure?vm_list=0`, { method: 'PUT' })).status).toBe(200);
    expect((await call(`/infrastructures/${id}/reconfigure?vm_list=9`, { method: 'PUT' })).status).toBe(404);
    await expect.poll(() => stateOf(id), { timeout: 20_000 }).toMatchObject(configured);
  });

  it('is deleted with all that it had, also while it is asked not to be waited for', async () => {
    const id = await create(oneVmRadl);
    expect((await call(`/infrastructures/${id}?async=yes`, { method: 'DELETE' })).status).toBe(200);
    await expect.poll(async () => (await call(`/infrastructures/${id}/state`)).status).toBe(404);
    expect([...platform.site.vms.keys()].filter((name) => name.startsWith(id))).toEqual([]);
  });

  it('is given to another account, whose credentials are in the body', async () => {
    const id = await create(oneVmRadl);
    const path = `/infrastructures/${id}/authorization`;
    const give = (body: object, query = '?overwrite=true') =>
      call(`${path}${query}`, { method: 'POST', type: json, body: JSON.stringify(body) });
    const ben = { username: 'ben', password: 'correct horse battery staple' };
    expect((await give({ ...ben, password: 'wrong' })).status).toBe(400);
    expect((await give({ user: 'ben' })).status).toBe(400);
    expect((await give(ben, '')).status).toBe(400);
    expect(await give(ben)).toMatchObject({ status: 200, text: '' });
    expect((await call(`/infrastructures/${id}`)).status).toBe(404);
    expect((await call(`/infrastructures/${id}`, { authorization: lineOf('ben') })).status).toBe(200);
  });
});

describe('what is elsewhere', () => {
  it.each([
    ['GET', '/oai', 400],
    ['PUT', '/infrastructures', 400],
    ['GET', '/infrastructures/inf-aaaaaaaa', 404],
    ['GET', '/infrastructures/nonsense/state', 404],
    ['GET', '/nowhere', 404],
    ['GET', '/clouds/nowhere/images', 400],
    ['GET', '/stats?init_date=yesterday', 400],
  ])('%s %s is %i', async (method, path, status) => {
    const answer = await call(path, { method, accept: json });
    expect(answer.status).toBe(status);
    expect(jsonOf(answer)).toEqual({ message: expect.any(String), code: status });
  });

  it('tells its version to everybody', async () => {
    const answer = await call('/version', { authorization: '' });
    expect(answer).toMatchObject({ status: 200, text: '2.0.0+trencadis.0.1.0' });
    expect(jsonOf(await call('/version', { accept: json }))).toEqual({ version: answer.text });
  });

  it('lists the images and quotas of a cloud', async () => {
    const images = jsonOf(await call('/clouds/memory/images')) as { images: { uri: string; name: string }[] };
    expect(images.images.length).toBeGreaterThan(1);
    const [first] = images.images;
    const one = await call(`/clouds/memory/images?filters=name=${encodeURIComponent(first!.name)}`);
    expect(jsonOf(one)).toMatchObject({ images: expect.arrayContaining([first]) });
    expect(jsonOf(await call('/clouds/memory/quotas'))).toMatchObject({
      quotas: { cores: { limit: -1 }, ram: {}, instances: {}, floating_ips: {}, security_groups: {} },
    });
  });

  it('counts for the statistics, as JSON and as CSV', async () => {
    const id = await create(oneVmRadl);
    const stats = jsonOf(await call('/stats?init_date=2020-01-01')) as { stats: { inf_id: string }[] };
    expect(stats.stats.find(({ inf_id }) => inf_id === id)).toMatchObject({
      vm_count: 1,
      cpu_count: 1,
      im_user: 'ana',
    });
    expect(
      (await call('/stats?end_date=2020-01-01', { accept: 'text/csv' })).text.trim().split('\n'),
    ).toHaveLength(1);
  });

  it('tells errors as HTML to who asks for it', async () => {
    const answer = await call('/nowhere<b>', { accept: 'text/html' });
    expect(answer.type).toContain('text/html');
    expect(answer.text).not.toContain('<b>');
  });
});

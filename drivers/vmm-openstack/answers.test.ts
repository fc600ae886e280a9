import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '@trencadis/clock';
import { isPlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { createOpenstackVmm } from './index.ts';
import { type Script, type ScriptOptions, startScriptedCloud } from './testing/scripted-cloud.ts';

const signal = new AbortController().signal;
const tag = brandId('Tag', 'inf-a');
const secret = 'hunter-2-and-more';
const account = { username: 'u', password: secret, projectName: 'p' };
/** Does not wait, and remembers for how long it should have. */
const hurried = () => {
  const sleeps: number[] = [];
  const sleep = async (ms: number) => void sleeps.push(ms);
  return { sleeps, clock: { now: () => systemClock.now(), sleep } };
};

async function failure(script: Script, more: { options?: ScriptOptions; region?: string } = {}) {
  await using cloud = await startScriptedCloud(script, more.options);
  const { clock, sleeps } = hurried();
  const region = more.region === undefined ? {} : { region: more.region };
  const credentials = { ...account, ...region };
  const driver = createOpenstackVmm({ endpoint: cloud.endpoint, credentials, clock, timeoutMs: 1000 });
  const error = await driver.listVms(tag, signal).catch((thrown: unknown) => thrown);
  if (!isPlatformError(error)) throw new Error('no PlatformError', { cause: error });
  expect(JSON.stringify([error.message, error.details])).not.toContain(secret);
  return { error, sleeps, tokens: cloud.tokens(), asked: cloud.asked };
}

describe('what a cloud answers that is no success', () => {
  it.each([
    [
      500,
      { computeFault: { code: 500, message: 'Unexpected API Error.' } },
      'unavailable',
      'Unexpected API Error',
    ],
    [502, '<html><body><h1>502 Bad Gateway</h1></body></html>', 'unavailable', '502 Bad Gateway'],
    [503, '', 'unavailable', 'status 503'],
    [400, { badRequest: { code: 400, message: 'Bad thing' } }, 'invalid-argument', 'Bad thing'],
    [403, { forbidden: { code: 403, message: 'Policy does not allow it' } }, 'forbidden', 'Policy'],
    [403, { forbidden: { code: 403, message: 'Quota exceeded for cores' } }, 'quota-exceeded', 'cores'],
    [406, { message: 'Version 2.61 is not supported' }, 'unsupported', '2.61'],
    [
      409,
      { NeutronError: { type: 'OverQuota', message: 'Quota exceeded', detail: '' } },
      'quota-exceeded',
      'Quota',
    ],
    [409, { NeutronError: { type: 'IpAddressInUse', message: 'Taken', detail: '' } }, 'conflict', 'Taken'],
    [413, { overLimit: { code: 413, message: 'VolumeSizeExceeds' } }, 'quota-exceeded', 'VolumeSize'],
  ])('tells %i as one of our codes', async (status, body, code, words) => {
    const { error } = await failure(() => ({ status, body }));
    expect(error).toMatchObject({ code, details: { status } });
    expect(error.message).toContain(words);
  });

  it.each([
    ['text', 'hello'],
    ['another list', { items: [] }],
    ['a list of something else', { ports: [{ name: 1 }] }],
  ])('does not take %s for an answer', async (_, body) => {
    const { error } = await failure(() => ({ body }));
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('none of its API') });
  });

  it('says that nothing answers where the connection is cut', async () => {
    const { error } = await failure(() => undefined);
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('does not answer') });
  });

  it('says that nothing answers where nothing listens', async () => {
    const driver = createOpenstackVmm({ endpoint: 'http://127.0.0.1:9', credentials: account });
    await expect(driver.listVms(tag, signal)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('a cloud that wants to be asked later', () => {
  it('is asked when it says, and answers', async () => {
    let busy = 2;
    const script: Script = (_, path) =>
      busy-- > 0
        ? { status: 429, headers: { 'retry-after': '7' } }
        : { body: path.includes('/ports') ? { ports: [] } : { servers: [] } };
    await using cloud = await startScriptedCloud(script);
    const { clock, sleeps } = hurried();
    const driver = createOpenstackVmm({ endpoint: cloud.endpoint, credentials: account, clock });
    expect(await driver.listVms(tag, signal)).toEqual([]);
    expect(sleeps).toEqual([7000, 7000]);
  });

  it('is given up after four times', async () => {
    const { error, sleeps } = await failure(() => ({ status: 503, headers: { 'retry-after': '900' } }));
    expect(error.code).toBe('unavailable');
    expect(sleeps).toEqual([60_000, 60_000, 60_000]);
  });

  it('does not keep a caller who goes away', async () => {
    const script: Script = () => ({ status: 429, headers: { 'retry-after': '50' } });
    await using cloud = await startScriptedCloud(script);
    const driver = createOpenstackVmm({ endpoint: cloud.endpoint, credentials: account });
    const abort = AbortSignal.timeout(200);
    await expect(driver.listVms(tag, abort)).rejects.toThrow(/aborted due to timeout/);
  });
});

describe('tokens', () => {
  it('are renewed once where a service refuses one, and then it is told', async () => {
    const refused = { error: { code: 401, message: 'The request you have made requires authentication.' } };
    const { error, tokens, asked } = await failure(() => ({ status: 401, body: refused }));
    expect(error).toMatchObject({ code: 'unauthenticated' });
    expect({ tokens, asked: asked.length }).toEqual({ tokens: 2, asked: 2 });
  });

  it('are renewed before they expire, and shared by all calls', async () => {
    const script: Script = (_, path) => ({ body: path.includes('/ports') ? { ports: [] } : { servers: [] } });
    await using short = await startScriptedCloud(script, { tokenMs: 1000 });
    const brief = createOpenstackVmm({ endpoint: short.endpoint, credentials: account });
    await brief.listVms(tag, signal);
    expect(short.tokens()).toBeGreaterThan(1);
    await using long = await startScriptedCloud(script);
    const driver = createOpenstackVmm({ endpoint: long.endpoint, credentials: account });
    await Promise.all([driver.listVms(tag, signal), driver.listVms(tag, signal)]);
    expect(long.tokens()).toBe(1);
  });
});

describe('the catalog', () => {
  const empty: Script = (_, path) => ({ body: path.includes('/ports') ? { ports: [] } : { servers: [] } });

  it('needs a region to be chosen where there are several', async () => {
    const { error } = await failure(empty, { options: { regions: ['north', 'south'] } });
    expect(error).toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('north, south'),
    });
  });

  it('is told to lack what a region does not have', async () => {
    const { error } = await failure(empty, { region: 'east' });
    expect(error).toMatchObject({ code: 'unsupported', message: expect.stringContaining('Neutron') });
  });
});

describe('pages', () => {
  it('are followed by their marker', async () => {
    const next = [{ rel: 'next', href: 'http://inner.example/v2.0/ports?marker=b&limit=1' }];
    const script: Script = (_, path) => {
      if (path.includes('/servers')) return { body: { servers: [] } };
      return { body: path.includes('marker=b') ? { ports: [] } : { ports: [], ports_links: next } };
    };
    await using cloud = await startScriptedCloud(script);
    const driver = createOpenstackVmm({ endpoint: cloud.endpoint, credentials: account });
    await driver.listVms(tag, signal);
    expect(cloud.asked.filter((each) => each.includes('/ports'))).toHaveLength(2);
    expect(cloud.asked[0]).toMatch(/^GET \/one\/network\/v2\.0\/ports\?/);
  });
});

describe('TLS', () => {
  it('refuses a certificate that is not trusted and takes one whose authority is given', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trencadis-openstack-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=cloud', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    await promisify(execFile)('openssl', [
      'req',
      '-x509',
      ...curve,
      '-keyout',
      key,
      '-out',
      cert,
      ...subject,
    ]);
    const tls = { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
    await rm(folder, { recursive: true });
    const script: Script = (_, path) => ({ body: path.includes('/ports') ? { ports: [] } : { servers: [] } });
    await using cloud = await startScriptedCloud(script, { tls });
    const { endpoint } = cloud;
    await expect(
      createOpenstackVmm({ endpoint, credentials: account }).listVms(tag, signal),
    ).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.stringContaining('caCertificate'),
    });
    const trusting = createOpenstackVmm({ endpoint, credentials: { ...account, caCertificate: tls.cert } });
    expect(await trusting.listVms(tag, signal)).toEqual([]);
  });
});

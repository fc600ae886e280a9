import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Clock, systemClock } from '@trencadis/clock';
import { isPlatformError } from '@trencadis/errors';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { OpenstackAccount } from './account.ts';
import { openProject } from './open-project.ts';
import type { Service, ServiceKind } from './service.ts';
import { type Script, type ScriptOptions, startScriptedCloud } from './testing/index.ts';

const signal = new AbortController().signal;
const secret = 'hunter-2-and-more';
const account = { username: 'u', password: secret, projectName: 'p' };
const neutron: ServiceKind = { name: 'Neutron', types: ['network'], base: '/v2.0' };
const ports = { path: '/ports', key: 'ports', item: z.object({ id: z.string() }) };
const none: Script = () => ({ body: { ports: [] } });

/** Does not wait, and remembers for how long it should have. */
function hurried() {
  const sleeps: number[] = [];
  const sleep = async (ms: number) => void sleeps.push(ms);
  return { sleeps, clock: { now: () => systemClock.now(), sleep } };
}

interface Circumstances extends Partial<ScriptOptions> {
  readonly kind?: ServiceKind;
  readonly credentials?: Partial<OpenstackAccount>;
  readonly clock?: Clock;
}

/** A service of a cloud that says what the script says. */
async function scripted(script: Script, more: Circumstances = {}) {
  const { kind = neutron, credentials, clock = systemClock, ...options } = more;
  const cloud = await startScriptedCloud(script, { services: ['network'], ...options });
  const whole = { ...account, ...credentials };
  const open = (given: OpenstackAccount = whole) =>
    openProject({ endpoint: cloud.endpoint, credentials: given, clock, timeoutMs: 1000 }).service(kind);
  return {
    cloud,
    open,
    service: open(),
    [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose](),
  };
}

type Work = (service: Service) => Promise<unknown>;
const list: Work = (service) => service.list(ports, signal);

async function failure(script: Script, more: Circumstances = {}, work = list) {
  const { clock, sleeps } = hurried();
  await using site = await scripted(script, { clock, ...more });
  const error = await work(site.service).catch((thrown: unknown) => thrown);
  if (!isPlatformError(error)) throw new Error('no PlatformError', { cause: error });
  expect(JSON.stringify([error.message, error.details])).not.toContain(secret);
  return { error, sleeps, tokens: site.cloud.tokens(), asked: site.cloud.asked };
}

describe('what a service answers that is no success', () => {
  it.each([
    [500, { computeFault: { message: 'Unexpected API Error.' } }, 'unavailable', 'Unexpected API Error'],
    [502, '<html><body><h1>502 Bad Gateway</h1></body></html>', 'unavailable', '502 Bad Gateway'],
    [503, '', 'unavailable', 'status 503'],
    [400, { badRequest: { code: 400, message: 'Bad thing' } }, 'invalid-argument', 'Bad thing'],
    [403, { forbidden: { code: 403, message: 'Policy does not allow it' } }, 'forbidden', 'Policy'],
    [403, { forbidden: { code: 403, message: 'Quota exceeded for cores' } }, 'quota-exceeded', 'cores'],
    [406, { message: 'Version 2.61 is not supported' }, 'unsupported', '2.61'],
    [409, { NeutronError: { type: 'OverQuota', message: 'Too many' } }, 'quota-exceeded', 'Too many'],
    [409, { NeutronError: { type: 'IpAddressInUse', message: 'Taken' } }, 'conflict', 'Taken'],
    [413, { overLimit: { code: 413, message: 'VolumeSizeExceeds' } }, 'quota-exceeded', 'VolumeSize'],
    [400, { faultcode: 'Client', faultstring: 'No enough available IPs' }, 'quota-exceeded', 'available IPs'],
    [404, { code: '404', title: 'Not Found', description: 'No such secret' }, 'not-found', 'No such secret'],
  ])('tells %i %j as one of our codes', async (status, body, code, words) => {
    const { error } = await failure(() => ({ status, body }));
    expect(error).toMatchObject({ code, details: { service: 'Neutron', path: '/ports', status } });
    expect(error.message).toMatch(/^Neutron says: /);
    expect(error.message).toContain(words);
  });

  it('says in its own words what passes and what helps', async () => {
    const refusals = { passing: /is busy/, remedies: { unavailable: 'Wait for it.' } };
    const script: Script = () => ({ status: 409, body: { conflict: { message: 'It is busy' } } });
    const { error } = await failure(script, { kind: { ...neutron, refusals } });
    expect(error).toMatchObject({ code: 'unavailable', message: 'Neutron says: It is busy. Wait for it.' });
    expect((await failure(script)).error.code).toBe('conflict');
  });

  it('does not repeat what was sent in secret', async () => {
    const script: Script = ({ body }) => ({ status: 400, body: { description: JSON.stringify(body) } });
    const call = { method: 'POST', path: '/secrets', body: { payload: secret }, isSecret: true } as const;
    const { error } = await failure(script, {}, (service) => service.accepted(call, signal));
    expect(error.message).toContain('status 400');
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
    const endpoint = 'http://127.0.0.1:9';
    const { service } = openProject({ endpoint, credentials: account, clock: systemClock });
    await expect(list(service(neutron))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('takes what is absent for absent where that may be', async () => {
    await using site = await scripted(() => ({ status: 404 }));
    expect(await site.service.find({ path: '/ports/a' }, ports.item, signal)).toBeUndefined();
    await site.service.remove('/ports/a', signal);
  });
});

describe('a service that wants to be asked later', () => {
  it('is asked when it says, and answers', async () => {
    let busy = 2;
    const later = { status: 429, headers: { 'retry-after': '7' } };
    const { clock, sleeps } = hurried();
    await using site = await scripted((asked) => (busy-- > 0 ? later : none(asked)), { clock });
    expect(await list(site.service)).toEqual([]);
    expect(sleeps).toEqual([7000, 7000]);
  });

  it('is given up after four times', async () => {
    const { error, sleeps } = await failure(() => ({ status: 503, headers: { 'retry-after': '900' } }));
    expect(error.code).toBe('unavailable');
    expect(sleeps).toEqual([60_000, 60_000, 60_000]);
  });

  it('does not keep a caller who goes away', async () => {
    await using site = await scripted(() => ({ status: 429, headers: { 'retry-after': '50' } }));
    const listing = site.service.list(ports, AbortSignal.timeout(200));
    await expect(listing).rejects.toThrow(/aborted due to timeout/);
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
    await using short = await scripted(none, { tokenMs: 1000 });
    await list(short.service);
    expect(short.cloud.tokens()).toBeGreaterThan(1);
    await using long = await scripted(none);
    await Promise.all([list(long.service), list(long.service)]);
    expect(long.cloud.tokens()).toBe(1);
  });
});

describe('the catalog', () => {
  it('needs a region to be chosen where there are several', async () => {
    const { error } = await failure(none, { regions: ['north', 'south'] });
    expect(error).toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('north, south'),
    });
  });

  it('is told to lack what a region does not have', async () => {
    const { error } = await failure(none, { credentials: { region: 'east' } });
    expect(error).toMatchObject({ code: 'unsupported', message: expect.stringContaining('Neutron') });
  });

  it.each([
    ['network', '/v2.0', '/network/v2.0/ports'],
    ['network/v2.0', '/v2.0', '/network/v2.0/ports'],
    ['network/v1', '/v2/lbaas', '/network/v2/lbaas/ports'],
    ['network/v2/lbaas', '/v2/lbaas', '/network/v2/lbaas/ports'],
    ['network/v3/p', undefined, '/network/v3/p/ports'],
  ] as const)('says %s, which is asked with base %s at %s', async (path, base, asked) => {
    const { base: _, ...own } = neutron;
    const kind = base === undefined ? own : { ...own, base };
    await using site = await scripted(none, { services: [path], kind });
    await list(site.service);
    expect(site.cloud.asked).toEqual([`GET ${asked}`]);
  });
});

describe('pages', () => {
  it.each([
    ['ports_links', [{ rel: 'next', href: 'http://inner.example/v2.0/ports?marker=b&limit=1' }]],
    ['next', '/v2/images?marker=b'],
  ])('are followed by the marker in %s', async (key, next) => {
    await using site = await scripted(({ query }) =>
      query.get('marker') === 'b'
        ? { body: { ports: [{ id: 'b' }] } }
        : { body: { ports: [{ id: 'a' }], [key]: next } },
    );
    expect(await list(site.service)).toEqual([{ id: 'a' }, { id: 'b' }]);
  });
});

describe('TLS', () => {
  it('refuses a certificate that is not trusted and takes one whose authority is given', async () => {
    const tls = await selfSigned();
    await using site = await scripted(none, { tls });
    await expect(list(site.service)).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.stringContaining('caCertificate'),
    });
    expect(await list(site.open({ ...account, caCertificate: tls.cert }))).toEqual([]);
  });
});

async function selfSigned() {
  const folder = await mkdtemp(join(tmpdir(), 'trencadis-openstack-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const curve = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
  const subject = '-subj /CN=cloud -addext subjectAltName=IP:127.0.0.1';
  const words = `req -x509 ${curve} ${subject}`.split(' ');
  await promisify(execFile)('openssl', [...words, '-keyout', key, '-out', cert]);
  const tls = { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
  await rm(folder, { recursive: true });
  return tls;
}

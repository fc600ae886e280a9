import type { HealthSpec } from '@trencadis/availability';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { brandId } from '@trencadis/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProbeResult, type ProbeTarget, probe, probeThrough } from './index.ts';
import { type TestCertificates, createTestCertificates } from './testing/certificates.ts';
import { createLocalShell } from './testing/local-shell.ts';
import { type LoopbackServer, startLoopbackServer } from './testing/loopback-server.ts';

const vm = brandId('VmName', 'web-0');
const never = new AbortController().signal;
const shell = createLocalShell();

let certificates: TestCertificates;
let stranger: TestCertificates;
let plain: LoopbackServer;
let secure: LoopbackServer;
/** Accepts connections and says nothing; what it holds is closed at the end. */
let mute: { readonly port: number; close(): Promise<void> };
let asked: string[] = [];

async function startMute(): Promise<typeof mute> {
  const held = new Set<Socket>();
  const server = createServer((socket) => {
    held.add(socket);
    socket.on('error', () => held.delete(socket));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      for (const socket of held) socket.destroy();
      await closed;
    },
  };
}

beforeAll(async () => {
  [certificates, stranger] = await Promise.all([createTestCertificates(), createTestCertificates()]);
  const answer: Parameters<typeof startLoopbackServer>[0] = (request, response) => {
    asked.push(`${request.method} ${request.headers.host} ${request.url}`);
    if (request.url === '/moved') response.setHeader('location', '/healthy');
    response.statusCode = { '/healthy': 200, '/moved': 302, '/empty': 204 }[request.url ?? ''] ?? 503;
    response.end(request.url === '/empty' ? undefined : 'x'.repeat(100_000));
  };
  plain = await startLoopbackServer(answer);
  secure = await startLoopbackServer(answer, await certificates.issue(vm));
  mute = await startMute();
});
afterAll(async () => {
  await Promise.all([plain.close(), secure.close(), mute.close()]);
});

const health = (changes: Partial<HealthSpec>): HealthSpec => ({
  protocol: 'http',
  port: plain.port,
  path: '/healthy',
  method: 'GET',
  status: 200,
  intervalMs: 2000,
  timeoutMs: 10_000,
  fall: 2,
  rise: 2,
  graceMs: 0,
  combine: 'any',
  ...changes,
});
const target = (changes: Partial<ProbeTarget> = {}): ProbeTarget => ({
  vm,
  address: '127.0.0.1',
  authorityPem: certificates.authorityPem,
  ...changes,
});

type Way = (to: ProbeTarget, spec: HealthSpec) => Promise<ProbeResult>;
const ways: readonly (readonly [string, Way])[] = [
  ['directly', async (to, spec) => probe(to, spec, never)],
  ['through a shell', async (to, spec) => probeThrough(shell, { target: to, health: spec }, never)],
];

describe.each(ways)('a probe %s', (_, run) => {
  const passed = { isPassed: true, tookMs: expect.any(Number) };
  const failed = (because: RegExp) => ({
    isPassed: false,
    because: expect.stringMatching(because),
    tookMs: expect.any(Number),
  });

  it('passes where the answer has the status that is expected', async () => {
    expect(await run(target(), health({}))).toEqual(passed);
    expect(await run(target(), health({ path: '/empty', status: 204 }))).toEqual(passed);
    expect(await run(target(), health({ path: '/x' }))).toEqual(failed(/^HTTP 503 instead of 200$/));
  });

  it('sends method, path and host as asked', async () => {
    asked = [];
    await run(target(), health({ method: 'HEAD', host: 'www.example.org', path: '/a?b=c' }));
    await run(target(), health({ method: 'OPTIONS', path: '/' }));
    expect(asked).toEqual(['HEAD www.example.org /a?b=c', `OPTIONS 127.0.0.1:${plain.port} /`]);
  });

  it('follows no redirect', async () => {
    asked = [];
    expect(await run(target(), health({ path: '/moved' }))).toEqual(failed(/HTTP 302/));
    expect(await run(target(), health({ path: '/moved', status: 302 }))).toEqual(passed);
    expect(asked).toHaveLength(2);
  });

  it('over TLS takes only the VM with that name and authority for it', async () => {
    const https = health({ protocol: 'https', port: secure.port });
    expect(await run(target(), https)).toEqual(passed);
    expect(await run(target({ vm: brandId('VmName', 'web-1') }), https)).toEqual(failed(/certificate|web-1/));
    const { authorityPem } = stranger;
    expect(await run(target({ authorityPem }), https)).toEqual(failed(/certificate/));
    const { authorityPem: _none, ...without } = target();
    expect(await run(without, https)).toEqual(failed(/no authority/));
    expect(await run(target(), health({ protocol: 'https' }))).toEqual(failed(/./));
  });

  it('over TCP passes where something accepts', async () => {
    expect(await run(target(), health({ protocol: 'tcp', port: mute.port }))).toEqual(passed);
  });

  it.each(['tcp', 'http', 'https'] as const)('over %s fails where nothing listens', async (protocol) => {
    const gone = await startLoopbackServer(() => undefined);
    await gone.close();
    expect(await run(target(), health({ protocol, port: gone.port }))).toEqual(failed(/refused/i));
  });

  it.each(['http', 'https'] as const)('over %s fails when its time is over', async (protocol) => {
    const result = await run(target(), health({ protocol, port: mute.port, timeoutMs: 200 }));
    expect(result).toEqual(failed(/^no answer within 200 ms$/));
  });
});

describe('a probe', () => {
  it('ends by its signal', async () => {
    const stop = new AbortController();
    const probed = probe(target(), health({ port: mute.port, timeoutMs: 10_000 }), stop.signal);
    const reason = new Error('stop');
    stop.abort(reason);
    await expect(probed).rejects.toBe(reason);
  });

  it('through a shell that is lost is no verdict', async () => {
    const lost = { ...shell, run: async () => ({ exitCode: 255, stdout: '', stderr: 'lost' }) };
    const probed = probeThrough(lost, { target: target(), health: health({}) }, never);
    await expect(probed).rejects.toMatchObject({ code: 'unavailable' });
  });
});

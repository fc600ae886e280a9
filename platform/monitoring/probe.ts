import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect } from 'node:net';
import type { HealthSpec } from '@trencadis/availability';
import { reasonOf } from './errors.ts';
import { hostAndPort } from './host-and-port.ts';
import type { ProbeResult, ProbeTarget } from './model.ts';

/**
 * One check of a replica as HC-02 has it, over a connection of its own: TCP connects; HTTP(S) has to answer with the
 * expected status, a redirect being one like others; TLS has to be the VM's by its infrastructure's authority. All of
 * it within `timeoutMs`. A failure is a result; only an aborted signal throws.
 */
export async function probe(
  target: ProbeTarget,
  health: HealthSpec,
  signal: AbortSignal,
): Promise<ProbeResult> {
  signal.throwIfAborted();
  const start = performance.now();
  const because = await reasonAgainst(target, health, signal);
  signal.throwIfAborted();
  return resultOf(because, performance.now() - start);
}

export function resultOf(because: string | undefined, tookMs: number): ProbeResult {
  const rounded = Math.round(tookMs * 10) / 10;
  return because === undefined
    ? { isPassed: true, tookMs: rounded }
    : { isPassed: false, because, tookMs: rounded };
}

/** What is wrong with an answer; `undefined`: nothing. */
export function wrongStatus(status: number, wanted: number): string | undefined {
  return status === wanted ? undefined : `HTTP ${status} instead of ${wanted}`;
}

/** What keeps the probe from being made at all; `undefined`: nothing. */
export function unprobeable({ vm, authorityPem }: ProbeTarget, { protocol }: HealthSpec): string | undefined {
  if (protocol === 'none') return 'no check is asked for';
  if (protocol === 'https' && authorityPem === undefined) return `no authority vouches for ${vm}`;
  return undefined;
}

async function reasonAgainst(
  target: ProbeTarget,
  health: HealthSpec,
  signal: AbortSignal,
): Promise<string | undefined> {
  const hindrance = unprobeable(target, health);
  if (hindrance !== undefined) return hindrance;
  const deadline = AbortSignal.timeout(health.timeoutMs);
  const end = AbortSignal.any([signal, deadline]);
  try {
    if (health.protocol === 'tcp') return await connects(target, health, end);
    return wrongStatus(await statusOf(target, health, end), health.status);
  } catch (error) {
    return deadline.aborted ? `no answer within ${health.timeoutMs} ms` : reasonOf(error);
  }
}

async function connects(
  { address }: ProbeTarget,
  { port }: HealthSpec,
  signal: AbortSignal,
): Promise<undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const socket = connect({ host: address, port, signal });
  socket.once('connect', () => resolve(undefined));
  socket.once('error', reject);
  try {
    return await promise;
  } finally {
    // At once and without lingering: a check must not leave closed connections behind at thousands of replicas.
    socket.resetAndDestroy();
  }
}

async function statusOf(target: ProbeTarget, health: HealthSpec, signal: AbortSignal): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const take = (answer: IncomingMessage): void => {
    resolve(answer.statusCode ?? 0);
    answer.destroy();
  };
  const options = requestOptions(target, health, signal);
  const asked =
    health.protocol === 'https'
      ? requestHttps({ ...options, ca: target.authorityPem, servername: target.vm }, take)
      : requestHttp(options, take);
  // After the answer was taken, an error is only that of its own end.
  asked.on('error', reject);
  asked.end();
  return await promise;
}

function requestOptions(
  { address }: ProbeTarget,
  { method, path, port, host }: HealthSpec,
  signal: AbortSignal,
): RequestOptions {
  const headers = { ...probeHeaders, host: host ?? hostAndPort(address, port) };
  return { host: address, port, method, path, signal, headers, agent: false };
}

export const probeHeaders = { 'user-agent': 'trencadis-probe', accept: '*/*', connection: 'close' } as const;

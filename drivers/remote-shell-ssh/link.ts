import { once } from 'node:events';
import type { ShellEndpoint } from '@trencadis/contextualization';
import { Client, type ClientChannel, type ConnectConfig } from 'ssh2';
import { connectError, connectionClosed, connectionLost, jumpError } from './errors.ts';
import { checkHostKey, hostKeyAlgorithms, parseHostKeys } from './host-keys.ts';

export interface LinkTimes {
  /** From the first packet to the end of the login. */
  readonly connectTimeoutMs: number;
  /** Between questions to a silent peer; the third without an answer ends the connection. */
  readonly keepaliveMs: number;
}

/** One authenticated connection. */
export interface Link {
  readonly client: Client;
  readonly endpoint: ShellEndpoint;
  /** Aborted when the connection ends; its reason is the `unavailable` error to throw. */
  readonly lost: AbortSignal;
  /** The connection that it goes through, and that ends with it. */
  readonly jump?: Link;
}

export async function openLink(
  endpoint: ShellEndpoint,
  times: LinkTimes,
  signal: AbortSignal,
): Promise<Link> {
  signal.throwIfAborted();
  const config = connectConfig(endpoint, times);
  if (!endpoint.via) return await openLast(endpoint, config, signal);
  const jump = await openLink(endpoint.via, times, signal);
  try {
    const sock = await forward(jump, endpoint, { signal, timeoutMs: times.connectTimeoutMs });
    return await openLast(endpoint, { ...config, sock }, signal, jump);
  } catch (error) {
    dropLink(jump);
    throw error;
  }
}

/** Without the goodbye that a silent peer would let wait. */
function dropLink({ client, jump }: Link): void {
  client.destroy();
  if (jump) dropLink(jump);
}

async function openLast(
  endpoint: ShellEndpoint,
  config: ConnectConfig,
  signal: AbortSignal,
  jump?: Link,
): Promise<Link> {
  const client = new Client();
  await logIn(client, config, signal).catch((error: unknown) => {
    client.destroy();
    throw signal.aborted ? signal.reason : connectError(endpoint, error);
  });
  return watchLink(client, endpoint, jump);
}

/** A connection that the machine in between makes for us (RFC 4254, 7.2). */
async function forward(
  jump: Link,
  { host, port }: ShellEndpoint,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<ClientChannel> {
  const ended = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    return await whileLinked<ClientChannel>(jump, ended, (done) =>
      jump.client.forwardOut('127.0.0.1', 0, host, port, done),
    );
  } catch (error) {
    signal.throwIfAborted();
    throw jumpError(jump.endpoint, { host, port }, error);
  }
}

export async function closeLink({ client, lost, jump }: Link): Promise<void> {
  if (!lost.aborted) {
    const closed = once(lost, 'abort');
    client.end();
    await closed;
  }
  if (jump) await closeLink(jump);
}

/**
 * Waits for a callback of ssh2, which alone may never come: rejects when the connection is lost or the caller aborts.
 */
export async function whileLinked<Value>(
  link: Link,
  signal: AbortSignal,
  start: (done: (error: Error | null | undefined, value: Value) => void) => void,
): Promise<Value> {
  const ended = AbortSignal.any([link.lost, signal]);
  ended.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  const onEnded = (): void => reject(ended.reason);
  ended.addEventListener('abort', onEnded, { once: true });
  try {
    start((error, value) => (error ? reject(error) : resolve(value)));
    return await promise;
  } finally {
    ended.removeEventListener('abort', onEnded);
  }
}

function connectConfig(endpoint: ShellEndpoint, times: LinkTimes): ConnectConfig {
  const pinned = parseHostKeys(endpoint);
  return {
    host: endpoint.host,
    port: endpoint.port,
    username: endpoint.user,
    privateKey: endpoint.privateKey,
    hostVerifier: (key: Buffer, verify: (isValid: boolean) => void) => {
      verify(checkHostKey(pinned, key));
    },
    algorithms: { serverHostKey: hostKeyAlgorithms(pinned) },
    readyTimeout: times.connectTimeoutMs,
    keepaliveInterval: times.keepaliveMs,
    keepaliveCountMax: 3,
  };
}

/** sshd says by a banner that a machine is still booting, and then refuses the login (pam_nologin). */
async function logIn(client: Client, config: ConnectConfig, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let banner = '';
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  client.on('banner', (text) => (banner += text));
  client.on('ready', resolve);
  client.on('error', (error) => reject(Object.assign(error, { banner })));
  client.on('close', () => reject(new Error('The connection was closed before the login ended')));
  try {
    client.connect(config);
    // Every call is a small question and a small answer: waiting to fill packets costs 40 ms a turn.
    client.setNoDelay(true);
    await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function watchLink(client: Client, endpoint: ShellEndpoint, jump?: Link): Link {
  const lost = new AbortController();
  jump?.lost.addEventListener('abort', () => lost.abort(jump.lost.reason), { once: true });
  client.on('error', (error) => lost.abort(connectionLost(endpoint, error)));
  client.on('close', () => lost.abort(connectionClosed(endpoint)));
  return { client, endpoint, lost: lost.signal, ...(jump && { jump }) };
}

import { once } from 'node:events';
import type { ShellEndpoint } from '@trencadis/contextualization';
import { Client, type ConnectConfig } from 'ssh2';
import { connectError, connectionClosed, connectionLost } from './errors.ts';
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
}

export async function openLink(
  endpoint: ShellEndpoint,
  times: LinkTimes,
  signal: AbortSignal,
): Promise<Link> {
  signal.throwIfAborted();
  const config = connectConfig(endpoint, times);
  const client = new Client();
  await logIn(client, config, signal).catch((error: unknown) => {
    client.destroy();
    throw signal.aborted ? signal.reason : connectError(endpoint, error);
  });
  return watchLink(client, endpoint);
}

export async function closeLink({ client, lost }: Link): Promise<void> {
  if (lost.aborted) return;
  const closed = once(lost, 'abort');
  client.end();
  await closed;
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

function watchLink(client: Client, endpoint: ShellEndpoint): Link {
  const lost = new AbortController();
  client.on('error', (error) => lost.abort(connectionLost(endpoint, error)));
  client.on('close', () => lost.abort(connectionClosed(endpoint)));
  return { client, endpoint, lost: lost.signal };
}

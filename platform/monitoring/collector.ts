import { type SecureContext, createSecureContext } from 'node:tls';
import type { Clock } from '@trencadis/clock';
import type { RemoteShell } from '@trencadis/contextualization';
import { isPlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import { Client } from 'undici';
import { exporterRefuses, exporterSilent, reasonOf } from './errors.ts';
import { defaultPort, exporterUser } from './exporter-script.ts';
import { fetchThrough } from './fetch-through.ts';
import { hostAndPort } from './host-and-port.ts';
import type { Collector, ScrapeTarget, VmSamples } from './model.ts';
import { type Counters, readPage } from './read-page.ts';
import { type Known, nextSamples } from './samples.ts';

const timeoutMs = 2000;
/** Longer than any period between samples; a VM that is forgotten is closed at once. */
const keepAliveMs = 300_000;
const mostBytes = 1 << 20;
const path = '/metrics';

/** One connection a VM, kept open from scrape to scrape; one context of TLS an authority. */
export function createCollector({ clock }: { readonly clock: Clock }): Collector {
  const connections = new Connections();
  const known = new Map<VmName, Known>();
  const take = (target: ScrapeTarget, status: number, page: string): VmSamples => {
    const counters = countersOf(target.vm, { status, page, at: clock.now().getTime() });
    const next = nextSamples(known.get(target.vm), counters, target);
    known.set(target.vm, next);
    return next.samples;
  };
  return {
    scrape: async (target, signal) => {
      const { status, page } = await fetchPage(connections, target, signal);
      return take(target, status, page);
    },
    scrapeThrough: async (shell, target, signal) => {
      const { status, page } = await fetchPageThrough(shell, target, signal);
      return take(target, status, page);
    },
    latest: (vm) => known.get(vm)?.samples,
    forget: (vm) => {
      known.delete(vm);
      connections.drop(vm);
    },
    close: async () => {
      known.clear();
      await connections.close();
    },
  };
}

interface Answer {
  readonly status: number;
  readonly page: string;
}

async function fetchPage(
  connections: Connections,
  target: ScrapeTarget,
  signal: AbortSignal,
): Promise<Answer> {
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const { statusCode, body } = await connections.to(target).request({
      method: 'GET',
      path,
      headers: headersFor(target),
      signal: AbortSignal.any([signal, deadline]),
    });
    return { status: statusCode, page: await body.text() };
  } catch (error) {
    signal.throwIfAborted();
    const reason = deadline.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error);
    throw exporterSilent(target.vm, reason, error);
  }
}

async function fetchPageThrough(
  shell: RemoteShell,
  target: ScrapeTarget,
  signal: AbortSignal,
): Promise<Answer> {
  const { vm, address, port = defaultPort, authorityPem } = target;
  const asked = { protocol: 'https', method: 'GET', path, address, port, authorityPem, timeoutMs } as const;
  const answer = await fetchThrough(shell, { ...asked, serverName: vm, headers: headersFor(target) }, signal);
  if ('error' in answer) throw exporterSilent(vm, answer.error);
  return { status: answer.status, page: answer.body };
}

const headersFor = ({ password }: ScrapeTarget) => ({
  authorization: `Basic ${Buffer.from(`${exporterUser}:${password}`, 'utf8').toString('base64')}`,
});

function countersOf(vm: VmName, { status, page, at }: Answer & { readonly at: number }): Counters {
  if (status === 401) throw exporterRefuses(vm);
  if (status !== 200) throw exporterSilent(vm, `HTTP ${status}`);
  try {
    return readPage(page, at);
  } catch (error) {
    if (isPlatformError(error)) throw error;
    throw exporterSilent(vm, 'its answer is no page of figures', error);
  }
}

interface Connection {
  readonly key: string;
  readonly client: Client;
  readonly authorityPem: string;
}

class Connections {
  readonly #open = new Map<VmName, Connection>();
  readonly #contexts = new Map<string, { readonly context: SecureContext; users: number }>();

  /** The one that is open, or a new one where the VM is now elsewhere. */
  to({ vm, address, port = defaultPort, authorityPem }: ScrapeTarget): Client {
    const origin = `https://${hostAndPort(address, port)}`;
    const key = `${origin} ${authorityPem}`;
    const open = this.#open.get(vm);
    if (open?.key === key && !open.client.destroyed) return open.client;
    this.drop(vm);
    const client = new Client(origin, {
      connect: { secureContext: this.#borrowContext(authorityPem), servername: vm, timeout: timeoutMs },
      allowH2: false,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      maxResponseSize: mostBytes,
    });
    this.#open.set(vm, { key, client, authorityPem });
    return client;
  }

  /** Certificates of no other authority count, the system's neither. */
  #borrowContext(authorityPem: string): SecureContext {
    const known = this.#contexts.get(authorityPem) ?? {
      context: createSecureContext({ ca: authorityPem, minVersion: 'TLSv1.3' }),
      users: 0,
    };
    known.users += 1;
    this.#contexts.set(authorityPem, known);
    return known.context;
  }

  drop(vm: VmName): void {
    const open = this.#open.get(vm);
    if (open === undefined) return;
    this.#open.delete(vm);
    const lent = this.#contexts.get(open.authorityPem);
    if (lent !== undefined && --lent.users === 0) this.#contexts.delete(open.authorityPem);
    // What is on its way there is of no use to anyone any more.
    void open.client.destroy();
  }

  async close(): Promise<void> {
    const open = [...this.#open.values()];
    this.#open.clear();
    this.#contexts.clear();
    await Promise.all(open.map(async ({ client }) => client.destroy()));
  }
}

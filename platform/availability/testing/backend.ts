import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type VmName, brandId } from '@trencadis/ids';
import type { BackendOrder, BackendReady } from './backend-process.ts';

/**
 * A replica of a service, seen from its balancer. It answers every request with its own name in the header
 * `x-backend`, after `?delayMs=` milliseconds and with the status of `?status=`; `/health` with 200 or 503.
 */
export interface Backend {
  readonly name: VmName;
  readonly address: string;
  readonly port: number;
  /** Whether `/health` answers 200; all else is answered as before. */
  setHealthy(isHealthy: boolean): Promise<void>;
  /** Requests other than `/health` that it has been sent since its start. */
  requestCount(): Promise<number>;
  /** At once, as the kernel does it: connections are reset, new ones refused. */
  kill(): Promise<void>;
  /** Takes connections, and answers nothing more. */
  freeze(): Promise<void>;
  /** Up, healthy and fast, as at first, from whatever state. */
  restart(): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

export interface BackendOptions {
  readonly name: string;
  /** 127.0.0.1. */
  readonly address?: string;
  /** It speaks TLS. */
  readonly certificate?: { readonly certificatePem: string; readonly privateKeyPem: string };
}

/** A real one, in a process of its own, on a free port that it keeps when it is restarted. */
export async function startBackend(options: BackendOptions): Promise<Backend> {
  const backend = new ProcessBackend(options);
  await backend.restart();
  return backend;
}

/** Of a name and an address only, where no request ever comes. */
export function pretendBackend(name: string, address: string, port: number): Backend {
  const nothing = async (): Promise<void> => undefined;
  return {
    name: brandId('VmName', name),
    address,
    port,
    setHealthy: nothing,
    requestCount: async () => 0,
    kill: nothing,
    freeze: nothing,
    restart: nothing,
    stop: nothing,
  };
}

class ProcessBackend implements Backend {
  readonly name: VmName;
  readonly address: string;
  readonly #certificate: BackendOptions['certificate'];
  #port = 0;
  #isFrozen = false;
  #child: ChildProcess | undefined;

  constructor({ name, address = '127.0.0.1', certificate }: BackendOptions) {
    this.name = brandId('VmName', name);
    this.address = address;
    this.#certificate = certificate;
  }

  get port(): number {
    return this.#port;
  }

  async setHealthy(isHealthy: boolean): Promise<void> {
    await this.#order({ kind: 'health', isHealthy });
  }

  async requestCount(): Promise<number> {
    return await this.#order({ kind: 'count' });
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#isFrozen = false;
    if (child === undefined) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async freeze(): Promise<void> {
    this.#isFrozen = true;
    this.#child?.kill('SIGSTOP');
  }

  async restart(): Promise<void> {
    if (this.#isFrozen) this.#child?.kill('SIGCONT');
    this.#isFrozen = false;
    if (this.#child === undefined) await this.#start();
    else await this.setHealthy(true);
  }

  async stop(): Promise<void> {
    await this.kill();
  }

  async #start(): Promise<void> {
    const child = fork(join(import.meta.dirname, 'backend-process.ts'), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    const { name, address, port } = this;
    const certificate = this.#certificate;
    const order: BackendOrder = { kind: 'listen', name, address, port };
    child.send(certificate === undefined ? order : { ...order, certificate });
    const [ready] = (await once(child, 'message')) as [BackendReady];
    this.#port = ready.value;
  }

  async #order(order: BackendOrder): Promise<number> {
    const child = this.#child;
    if (child === undefined) return 0;
    const answered = once(child, 'message') as Promise<[BackendReady]>;
    child.send(order);
    const [{ value }] = await answered;
    return value;
  }
}

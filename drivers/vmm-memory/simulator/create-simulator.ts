import { timingSafeEqual } from 'node:crypto';
import { PlatformError } from '@trencadis/errors';
import { type HttpServer, createHttpServer, registerRoutes } from '@trencadis/http';
import { sha256OfText } from '@trencadis/ids';
import type { Log } from '@trencadis/log';
import { type MemoryVmmOptions, createMemoryVmm } from '../memory-vmm.ts';
import { simulatorApi } from './api.ts';
import { simulatorHandlers } from './handlers.ts';

export interface SimulatorOptions extends Omit<MemoryVmmOptions, 'hasShells'> {
  /** The bearer token that every caller needs. */
  readonly token: string;
  readonly log: Log;
  /** Closes the server when it aborts; the simulated site is gone with its process. */
  readonly signal?: AbortSignal;
}

/**
 * A VM manager that is a process of its own, so that it outlives the platform's as a real one does. Nothing answers at
 * its VMs' addresses, so it says that they have no shell.
 */
export async function createSimulator(options: SimulatorOptions): Promise<HttpServer> {
  const { token, log, signal } = options;
  const server = await createHttpServer({
    log,
    title: 'Simulated VM manager',
    version: '1.0.0',
    ...(signal === undefined ? {} : { signal }),
  });
  const authenticate = async (given: string): Promise<undefined> => {
    // Digests have one length, which the comparison needs, and which tells nothing of the token.
    const [one, other] = [given, token].map((text) => Buffer.from(sha256OfText(text)));
    if (one !== undefined && other !== undefined && timingSafeEqual(one, other)) return undefined;
    throw new PlatformError('unauthenticated', 'This is not the token of this simulated VM manager.');
  };
  const vmm = createMemoryVmm({ ...options, hasShells: false });
  registerRoutes(server, simulatorApi, simulatorHandlers(vmm), { authenticate });
  return server;
}

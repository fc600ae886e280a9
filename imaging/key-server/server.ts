import { type TrustedIssuer, createTokenVerifier } from '@trencadis/access';
import type { Clock } from '@trencadis/clock';
import { type HttpServer, type HttpServerOptions, createHttpServer } from '@trencadis/http';
import type { Log } from '@trencadis/log';
import { createMetrics, serveMetrics } from '@trencadis/metrics';
import type { SealingKey } from '@trencadis/sealing';
import { registerKeyServerRoutes } from './routes.ts';
import { createKeyService } from './service.ts';
import type { KeyStore } from './store.ts';

export interface KeyServerParts {
  readonly store: KeyStore;
  readonly sealingKey: SealingKey;
  readonly tokenIssuers: readonly TrustedIssuer[];
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly tls?: NonNullable<HttpServerOptions['tls']>;
  /** Closes the server when it aborts. */
  readonly signal?: AbortSignal;
}

/**
 * The Key Server (paper 3.2): holds one share of the key of each encrypted object, and releases it to who holds one
 * of the object's ontologies at this site. Answers a server that does not listen yet.
 */
export async function createKeyServer(parts: KeyServerParts): Promise<HttpServer> {
  const { store, sealingKey, tokenIssuers, clock, log, version, tls, signal } = parts;
  const server = await createHttpServer({
    log,
    title: 'TRENCADIS Key Server',
    version,
    ...(tls === undefined ? {} : { tls }),
    ...(signal === undefined ? {} : { signal }),
  });
  serveMetrics(server, createMetrics('key-server'));
  const service = createKeyService({ store, sealingKey, clock });
  registerKeyServerRoutes(server, {
    service,
    store,
    verifyToken: createTokenVerifier({ issuers: tokenIssuers, clock }),
  });
  return server;
}

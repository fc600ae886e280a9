import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { PlatformError } from '@trencadis/errors';
import type { Log } from '@trencadis/log';
import { type FastifyInstance, fastify } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { answerErrors } from './answer-errors.ts';
import { documentApi } from './document-api.ts';

export interface HttpServerOptions {
  readonly log: Log;
  /** Of the OpenAPI document. */
  readonly title: string;
  readonly version: string;
  /** HTTPS with this certificate (chain) and private key, as PEM; plain HTTP without. */
  readonly tls?: { readonly certificatePem: string; readonly privateKeyPem: string };
  /** Default 1 MiB; a larger body is answered 413. */
  readonly bodyLimitBytes?: number;
  /** Time to receive a whole request, so that slow senders cannot hold connections; default 30 s. 0, no bound, for a server that takes uploads. */
  readonly requestTimeoutMs?: number;
  /** Closes the server when it aborts: no new requests, those under way finish, streams end. */
  readonly signal?: AbortSignal;
}

/** A Fastify server with our habits: problem details, request ids, zod, OpenAPI 3.1 at /openapi.json. */
export type HttpServer = FastifyInstance;

export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = newFastify(options);
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  answerErrors(server, options.log);
  logRequests(server, options.log);
  await documentApi(server, options);
  drainOnClose(server);
  closeOn(options.signal, server, options.log);
  return server;
}

/** Starts to accept requests; answers the base URL. Port 0 takes any free one. */
export async function listen(
  server: HttpServer,
  at: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    return await server.listen({ ...at });
  } catch (cause) {
    const place = `${at.host}:${at.port}`;
    const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
    const why = isTaken ? 'another process listens there; stop it or choose another port' : String(cause);
    throw new PlatformError('unavailable', `Cannot listen at ${place}: ${why}.`, { subject: place, cause });
  }
}

/** Bytes: clients of the Infrastructure Manager send whole files of credentials and keys in a header. */
const maxHeaderSize = 64 * 1024;

function newFastify(given: HttpServerOptions): FastifyInstance {
  const { tls, bodyLimitBytes = 1024 * 1024, requestTimeoutMs = 30_000 } = given;
  const options = {
    logger: false,
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: 'idle' as const,
    // What still comes over an open connection while it closes is answered; fastify's own 503 is no problem document.
    return503OnClosing: false,
    genReqId: requestIdOf,
  };
  if (tls === undefined) return fastify({ ...options, http: { maxHeaderSize } });
  const { certificatePem: cert, privateKeyPem: key } = tls;
  return fastify({ ...options, https: { cert, key, minVersion: 'TLSv1.2', maxHeaderSize } });
}

/** The caller's own id when it is harmless to log, so that one request can be followed over several services. */
function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
}

function logRequests(server: FastifyInstance, log: Log): void {
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  server.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions, id } = request;
    const durationMs = Math.round(reply.elapsedTime);
    const fields = { method, route: routeOptions.url, status: reply.statusCode, durationMs, requestId: id };
    log.debug(fields, 'request answered');
  });
}

function closeOn(signal: AbortSignal | undefined, server: FastifyInstance, log: Log): void {
  const close = () => {
    server.close().catch((error: unknown) => log.error({ error }, 'the server did not close cleanly'));
  };
  if (signal?.aborted === true) close();
  signal?.addEventListener('abort', close, { once: true });
}

/**
 * Closing waits for the requests under way. Their kept-alive connections become idle only after that, so they are
 * closed then; and who does not read an answer to its end is cut off after 10 s.
 */
function drainOnClose(server: FastifyInstance): void {
  let deadline: NodeJS.Timeout | undefined;
  server.addHook('preClose', async () => {
    deadline = setTimeout(() => server.server.closeAllConnections(), 10_000);
  });
  server.addHook('onResponse', async () => {
    if (deadline !== undefined) setImmediate(() => server.server.closeIdleConnections());
  });
  server.addHook('onClose', async () => clearTimeout(deadline));
}

import { PlatformError } from '@trencadis/errors';
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { answerByKey } from './answer-by-key.ts';
import type { Contract, Route, RouteRequest, RouteResult } from './contract.ts';
import { schemaOf } from './document-route.ts';
import { type IfMatch, parseIfMatch } from './etag.ts';
import { HttpRefusal } from './http-refusal.ts';
import { type IdempotencyStore, parseIdempotencyKey } from './idempotency.ts';
import { registerUpload } from './register-upload.ts';
import { sendAnswer } from './send-answer.ts';
import type { HttpServer } from './server.ts';

/** What a handler gets beside the parsed request. */
export interface RequestContext<Caller> {
  /** Who calls; `undefined` on a public route. */
  readonly caller: Caller;
  readonly requestId: string;
  /** Aborts when the server closes, or the client has gone; with an idempotency key the work goes on without the client. */
  readonly signal: AbortSignal;
}

type CallerOf<R extends Route, Caller> = R extends { readonly access: 'public' } ? undefined : Caller;

export type Handlers<Routes extends Contract, Caller> = {
  readonly [Name in keyof Routes]: (
    request: RouteRequest<Routes[Name]> & RequestContext<CallerOf<Routes[Name], Caller>>,
  ) => HandlerAnswer<Routes[Name]>;
};

/** A stream may be promised, so that what is checked before it fails with a status of its own. */
type HandlerAnswer<R extends Route> = R extends { readonly stream: true }
  ? RouteResult<R> | Promise<RouteResult<R>>
  : RouteResult<R>;

export interface RegisterOptions<Caller> {
  /**
   * The caller whom this bearer token proves, if it carries the right at all; throws `unauthenticated` or
   * `forbidden`. Runs before the body is read. A request without a token never gets here.
   */
  readonly authenticate: (
    bearerToken: string,
    wanted: { readonly right: string; readonly requestId: string },
  ) => Promise<Caller>;
  /** Needed when a route is idempotent by key: where keys are kept, and whose they are. */
  readonly idempotency?: {
    readonly store: IdempotencyStore;
    readonly callerId: (caller: Caller) => string;
  };
}

/** Adds every route of the contract to the server. */
export function registerRoutes<Routes extends Contract, Caller>(
  server: HttpServer,
  contract: Routes,
  handlers: Handlers<Routes, Caller>,
  options: RegisterOptions<Caller>,
): void {
  const closing = new AbortController();
  server.addHook('preClose', async () => closing.abort(new Error('The server closes.')));
  for (const [name, route] of Object.entries(contract)) {
    if (route.idempotent === 'by-key' && options.idempotency === undefined) {
      throw new TypeError(`Route ${name} is idempotent by key: give registerRoutes a store of keys.`);
    }
    // The types of `Handlers` hold for each name; they cannot be followed through a loop over names.
    const handler = handlers[name] as unknown as AnyHandler<Caller>;
    const routing = routeOptions({ name, route, handler, closing: closing.signal, ...options });
    if (route.upload === true) registerUpload(server, routing);
    else server.route(routing);
  }
}

interface Registration<Caller> extends RegisterOptions<Caller> {
  readonly name: string;
  readonly route: Route;
  readonly handler: AnyHandler<Caller>;
  readonly closing: AbortSignal;
}

type AnyHandler<Caller> = (
  request: { params: unknown; query: unknown; body: unknown; ifMatch: IfMatch | undefined } & RequestContext<
    Caller | undefined
  >,
) => Promise<unknown> | AsyncIterable<unknown>;

function routeOptions<Caller>(registration: Registration<Caller>): RouteOptions {
  const { name, route } = registration;
  const callers = new WeakMap<FastifyRequest, Caller>();
  return {
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    schema: schemaOf(route),
    config: { contractRoute: { name, route } },
    ...(route.bodyLimitBytes === undefined ? {} : { bodyLimit: route.bodyLimitBytes }),
    // Answering HEAD would read all the bytes or items to throw them away.
    exposeHeadRoute: route.download !== true && route.stream !== true,
    onRequest: async (request, reply) => {
      if (route.access === 'public') return;
      reply.header('cache-control', 'no-store');
      const wanted = { right: route.access.right, requestId: request.id };
      callers.set(request, await registration.authenticate(bearerTokenOf(request), wanted));
    },
    preValidation: async (request) => resumeAfterLastEvent(route, request),
    handler: async (request, reply) => await handle(registration, request, reply, callers.get(request)),
  };
}

/** Reconnecting, browsers repeat the URL of the first time; the header is newer. */
function resumeAfterLastEvent({ eventId }: Route, request: FastifyRequest): void {
  const lastId = request.headers['last-event-id'];
  if (eventId === undefined || lastId === undefined || lastId === '') return;
  request.query = { ...(request.query as object), [eventId.query]: lastId };
}

async function handle<Caller>(
  { route, handler, closing, idempotency }: Registration<Caller>,
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller | undefined,
): Promise<unknown> {
  const ifMatch = ifMatchOf(route, request);
  const key = route.idempotent && parseIdempotencyKey(headerOf(request, 'idempotency-key'));
  const { params, query, body, id: requestId } = request;
  const work = async (signal: AbortSignal) =>
    await handler({ params, query, body, ifMatch, caller, requestId, signal });
  if (key !== undefined && idempotency !== undefined && caller !== undefined) {
    const keyed = { key, callerId: idempotency.callerId(caller), store: idempotency.store };
    return await answerByKey({ route, request, reply }, keyed, () => work(closing));
  }
  const answer = await work(AbortSignal.any([closing, goneSignal(reply)]));
  return await sendAnswer({ route, request, reply }, answer, closing);
}

function ifMatchOf({ ifMatch }: Route, request: FastifyRequest): IfMatch | undefined {
  if (ifMatch === undefined) return undefined;
  const parsed = parseIfMatch(headerOf(request, 'if-match'));
  if (parsed !== undefined || ifMatch === 'optional') return parsed;
  const text =
    'Send the ETag of what you have read in the header If-Match, so that no change of others is lost.';
  throw new HttpRefusal(428, 'invalid-argument', text);
}

function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function bearerTokenOf(request: FastifyRequest): string {
  const [, token] = /^Bearer +([\w\-.~+/]+=*)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (token === undefined) {
    throw new PlatformError('unauthenticated', "Give a token in the header 'Authorization: Bearer <token>'.");
  }
  return token;
}

function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new Error('The client has gone.'));
  });
  return gone.signal;
}

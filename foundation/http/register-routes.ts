import { Readable } from 'node:stream';
import { PlatformError } from '@trencadis/errors';
import type { FastifyReply, FastifyRequest, FastifySchema, RouteOptions } from 'fastify';
import { type Download, byteStream } from './bytes.ts';
import type { Contract, Route, RouteRequest, RouteResult } from './contract.ts';
import { ndjsonMediaType, writeNdjson } from './ndjson.ts';
import { problemMediaType, problemSchema } from './problem.ts';
import { registerUpload } from './register-upload.ts';
import { sendDownload } from './send-download.ts';
import type { HttpServer } from './server.ts';

/** What a handler gets beside the parsed request. */
export interface RequestContext<Caller> {
  /** Who calls; `undefined` on a public route. */
  readonly caller: Caller;
  readonly requestId: string;
  /** Aborts when the client has gone or the server closes. */
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
  request: { params: unknown; query: unknown; body: unknown } & RequestContext<Caller | undefined>,
) => Promise<unknown> | AsyncIterable<unknown>;

function routeOptions<Caller>(registration: Registration<Caller>): RouteOptions {
  const { name, route, handler, closing } = registration;
  const callers = new WeakMap<FastifyRequest, Caller>();
  return {
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    schema: schemaOf(name, route),
    // Answering HEAD would read all the bytes to throw them away.
    exposeHeadRoute: route.download !== true,
    onRequest: async (request, reply) => {
      if (route.access === 'public') return;
      reply.header('cache-control', 'no-store');
      const wanted = { right: route.access.right, requestId: request.id };
      callers.set(request, await registration.authenticate(bearerTokenOf(request), wanted));
    },
    handler: async (request, reply) => {
      const { params, query, body, id: requestId } = request;
      const signal = AbortSignal.any([closing, goneSignal(reply)]);
      const answer = handler({ params, query, body, caller: callers.get(request), requestId, signal });
      return await sendAnswer({ route, request, reply, answer: await answer });
    },
  };
}

async function sendAnswer(sending: {
  readonly route: Route;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly answer: unknown;
}): Promise<unknown> {
  const { route, request, reply, answer } = sending;
  reply.code(route.status ?? 200);
  if (route.download === true) return await sendDownload(answer as Download, request, reply);
  if (!isIterable(answer)) return answer;
  const items = writeNdjson(answer, route.response, { requestId: request.id });
  const lines = Readable.from(items, { objectMode: false });
  return await reply.type(ndjsonMediaType).header('cache-control', 'no-store').send(lines);
}

function isIterable(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
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

function schemaOf(name: string, route: Route): FastifySchema {
  const problem = {
    description: 'Problem details',
    content: { [problemMediaType]: { schema: problemSchema } },
  };
  const success = successOf(route);
  return {
    ...(route.params === undefined ? {} : { params: route.params }),
    ...(route.query === undefined ? {} : { querystring: route.query }),
    ...(route.body === undefined ? {} : { body: route.body }),
    ...(route.upload === true ? { body: byteStream, consumes: ['application/octet-stream'] } : {}),
    response: { [route.status ?? 200]: success, '4xx': problem, '5xx': problem },
    ...documentation(name, route),
  };
}

function successOf({ stream, download, response }: Route): object {
  if (stream) return { description: 'One item a line', content: { [ndjsonMediaType]: { schema: response } } };
  if (!download) return response;
  return { description: 'The bytes', content: { 'application/octet-stream': { schema: response } } };
}

function documentation(name: string, { summary, access }: Route): object {
  if (access === 'public') return { operationId: name, summary, security: [] };
  return {
    operationId: name,
    summary,
    description: `Needs the right ${access.right}.`,
    security: [{ bearer: [] }],
  };
}

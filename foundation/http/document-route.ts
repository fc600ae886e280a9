import type { FastifySchema } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { byteStream } from './bytes.ts';
import type { Route } from './contract.ts';
import { eventStreamMediaType } from './event-stream.ts';
import { ndjsonMediaType } from './ndjson.ts';
import { problemMediaType, problemSchema } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the Fastify route was made from. */
    readonly contractRoute?: Route;
  }
}

/** What is checked of requests and answers, and the route's entry in the OpenAPI document. */
export function schemaOf(name: string, route: Route): FastifySchema {
  const problem = {
    description: 'Problem details',
    content: { [problemMediaType]: { schema: problemSchema } },
  };
  return {
    ...(route.params === undefined ? {} : { params: route.params }),
    ...(route.query === undefined ? {} : { querystring: route.query }),
    ...(route.body === undefined ? {} : { body: route.body }),
    ...(route.upload === true ? { body: byteStream, consumes: ['application/octet-stream'] } : {}),
    response: { [route.status ?? 200]: successOf(route), '4xx': problem, '5xx': problem },
    ...documentation(name, route),
  };
}

function successOf({ stream, download, response }: Route): object {
  if (stream === true) {
    const media = [ndjsonMediaType, eventStreamMediaType].map((type) => [type, { schema: response }]);
    return { description: 'One item a line, or an event', content: Object.fromEntries(media) };
  }
  if (download !== true) return response;
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

/** Fastify's schema as JSON Schema, with the headers and statuses that no schema of ours checks. */
export const documentRoute: typeof jsonSchemaTransform = (document) => {
  const written = jsonSchemaTransform(document);
  const route = document.route.config?.contractRoute;
  if (route === undefined) return written;
  const { response: responses, ...schema } = written.schema as WrittenSchema;
  return { ...written, schema: { ...schema, ...headersOf(route), response: responsesOf(route, responses) } };
};

type WrittenSchema = FastifySchema & { readonly response: Readonly<Record<string, object>> };

function headersOf(route: Route): object {
  const headers = {
    ...(route.idempotent === undefined ? {} : { 'Idempotency-Key': requestHeaders.idempotencyKey }),
    ...(route.eventId === undefined ? {} : { 'Last-Event-ID': requestHeaders.lastEventId }),
    ...(isConditionalGet(route) ? { 'If-None-Match': requestHeaders.ifNoneMatch } : {}),
    ...(route.ifMatch === undefined ? {} : { 'If-Match': requestHeaders.ifMatch }),
  };
  if (Object.keys(headers).length === 0) return {};
  const required = route.ifMatch === 'required' ? ['If-Match'] : [];
  return { headers: { type: 'object', properties: headers, required } };
}

const text = (description: string) => ({ type: 'string', description });

const requestHeaders = {
  idempotencyKey: text(
    'A new one for each new request: asked again with the same one, it is not done again.',
  ),
  lastEventId: text('Of server-sent events: the id of the last one received; goes on after it.'),
  ifNoneMatch: text('The ETag of what you have: answered 304 while it is still current.'),
  ifMatch: text('The ETag of what you have read: answered 412 when it has changed since.'),
};

const etagHeader = { ETag: text('Strong; changes whenever the answer does.') };
const replayed = text('true when this is the answer that was given before.');

function responsesOf(route: Route, responses: Readonly<Record<string, object>>): object {
  const status = String(route.status ?? 200);
  const headers = {
    ...(route.etag === true ? etagHeader : {}),
    ...(route.idempotent === undefined ? {} : { 'Idempotency-Replayed': replayed }),
  };
  const success = Object.keys(headers).length === 0 ? responses[status] : { ...responses[status], headers };
  const refusals = refusalsOf(route).map(([refusal, description]) => [
    refusal,
    { ...responses['4xx'], description },
  ]);
  const notModified = { type: 'null', description: 'It is what you have', headers: etagHeader };
  return {
    ...responses,
    ...(isConditionalGet(route) ? { 304: notModified } : {}),
    ...Object.fromEntries(refusals),
    [status]: success,
  };
}

/** Statuses that clients have to expect beside those of every route. */
function refusalsOf({ body, bodyLimitBytes, idempotent, ifMatch }: Route): [number, string][] {
  const bound = bodyLimitBytes === undefined ? 'the server accepts' : `${bodyLimitBytes} bytes`;
  return [
    ...(body === undefined ? [] : [[413, `The body is larger than ${bound}`] as [number, string]]),
    ...(idempotent === undefined ? [] : keyRefusals),
    ...(ifMatch === undefined ? [] : [preconditionFailed]),
    ...(ifMatch === 'required' ? [preconditionMissing] : []),
  ];
}

const keyRefusals: [number, string][] = [
  [409, 'The request with this key has no answer yet, or another conflict'],
  [422, 'The key was used for another request'],
];
const preconditionFailed: [number, string] = [412, 'It has changed since you read it'];
const preconditionMissing: [number, string] = [428, 'If-Match is missing'];

function isConditionalGet({ etag, method }: Route): boolean {
  return etag === true && method === 'GET';
}

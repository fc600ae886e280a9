import type { FastifySchema } from 'fastify';
import type { ZodType } from 'zod';
import type { Route } from './contract.ts';
import { eventStreamMediaType } from './event-stream.ts';
import { type JsonSchema, componentsPath, jsonSchemaOf } from './json-schema.ts';
import { ndjsonMediaType } from './ndjson.ts';
import { problemMediaType } from './problem.ts';

/** What Fastify checks of requests and writes of answers; streams, bytes and problems are written elsewhere. */
export function schemaOf(route: Route): FastifySchema {
  const { params, query, body, stream, download } = route;
  const isJson = stream !== true && download !== true;
  return {
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    ...(body === undefined ? {} : { body }),
    ...(isJson ? { response: { [route.status ?? 200]: route.response } } : {}),
  };
}

/** Writes a schema, and puts what it repeats among the components of the document; the part names it there. */
export type WriteSchema = (schema: JsonSchema, part: string) => JsonSchema;

/** The route's entry in the OpenAPI document, in the form of a Fastify schema. */
export function documentRoute(name: string, route: Route, write: WriteSchema): object {
  const input = (key: string, part: string, schema: ZodType | undefined) =>
    schema === undefined ? {} : { [key]: write(jsonSchemaOf(schema, 'input'), part) };
  return {
    operationId: name,
    summary: route.summary,
    ...accessOf(route),
    ...input('params', 'params', route.params),
    ...input('querystring', 'query', route.query),
    ...headersOf(route),
    ...input('body', 'body', route.body),
    ...(route.upload === true ? { body: bytes, consumes: ['application/octet-stream'] } : {}),
    response: responsesOf(route, write(jsonSchemaOf(route.response, 'output'), 'response')),
  };
}

const bytes = { type: 'string', format: 'binary' };

function accessOf({ access }: Route): object {
  if (access === 'public') return { security: [] };
  return { description: `Needs the right ${access.right}.`, security: [{ bearer: [] }] };
}

function headersOf(route: Route): object {
  const properties = {
    ...(route.idempotent === undefined ? {} : { 'Idempotency-Key': requestHeaders.idempotencyKey }),
    ...(route.eventId === undefined ? {} : { 'Last-Event-ID': requestHeaders.lastEventId }),
    ...(isConditionalGet(route) ? { 'If-None-Match': requestHeaders.ifNoneMatch } : {}),
    ...(route.ifMatch === undefined ? {} : { 'If-Match': requestHeaders.ifMatch }),
  };
  if (Object.keys(properties).length === 0) return {};
  return {
    headers: { type: 'object', properties, required: route.ifMatch === 'required' ? ['If-Match'] : [] },
  };
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

const etag = { ETag: text('Strong; changes whenever the answer does.') };
const replayed = { 'Idempotency-Replayed': text('true when this is the answer that was given before.') };

function responsesOf(route: Route, schema: JsonSchema): object {
  const headers = {
    ...(route.etag === true ? etag : {}),
    ...(route.idempotent === undefined ? {} : replayed),
  };
  const notModified = { type: 'null', description: 'It is what you have', headers: etag };
  return {
    [route.status ?? 200]: {
      ...successOf(route, schema),
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
    },
    ...(isConditionalGet(route) ? { 304: notModified } : {}),
    ...Object.fromEntries(refusalsOf(route).map(([status, words]) => [status, problemOf(words)])),
    '4xx': problemOf('Problem details'),
    '5xx': problemOf('Problem details'),
  };
}

function successOf({ stream, download }: Route, schema: JsonSchema): object {
  if (stream === true) {
    const content = { [ndjsonMediaType]: { schema }, [eventStreamMediaType]: { schema } };
    return { description: 'An item a line, or an event', content };
  }
  if (download === true) {
    return { description: 'The bytes', content: { 'application/octet-stream': { schema } } };
  }
  // To @fastify/swagger, an answer without a body.
  if (schema['type'] === 'null') return { type: 'null', description: 'Done' };
  return { description: 'The answer', content: { 'application/json': { schema } } };
}

function problemOf(description: string): object {
  const schema = { $ref: `${componentsPath}Problem` };
  return { description, content: { [problemMediaType]: { schema } } };
}

/** Statuses that clients have to expect beside those of every route. */
function refusalsOf({ body, bodyLimitBytes, idempotent, ifMatch }: Route): [number, string][] {
  const bound = bodyLimitBytes === undefined ? 'the server accepts' : `${bodyLimitBytes} bytes`;
  const refusals: [boolean, number, string][] = [
    [body !== undefined, 413, `The body is larger than ${bound}`],
    [idempotent !== undefined, 409, 'The request with this key has no answer yet, or another conflict'],
    [idempotent !== undefined, 422, 'The key was used for another request'],
    [ifMatch !== undefined, 412, 'It has changed since you read it'],
    [ifMatch === 'required', 428, 'If-Match is missing'],
  ];
  return refusals.flatMap(([applies, status, words]) => (applies ? [[status, words]] : []));
}

function isConditionalGet({ etag: hasEtag, method }: Route): boolean {
  return hasEtag === true && method === 'GET';
}

import { systemClock } from '@trencadis/clock';
import { createLog } from '@trencadis/log';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ZodType } from 'zod';
import type { Contract, Route } from './contract.ts';
import { eventStreamMediaType } from './event-stream.ts';
import { createMemoryIdempotencyStore } from './idempotency-memory.ts';
import { type JsonSchema, componentsPath, jsonSchemaOf } from './json-schema.ts';
import { ndjsonMediaType } from './ndjson.ts';
import { problemMediaType } from './problem.ts';
import { type Handlers, registerRoutes } from './register-routes.ts';
import { type HttpServer, createHttpServer } from './server.ts';

/** That the OpenAPI document which a server of this contract gives says what the contract's clients do: no less, no more. */
export function describeApi(name: string, contract: Contract): void {
  describe(`${name} in the OpenAPI document`, () => {
    let server: HttpServer;
    let paths: Paths;
    let components: Components;
    beforeAll(async () => {
      server = await serverOf(contract);
      const document = (await server.inject('/openapi.json')).json<Document>();
      expect(document.openapi).toBe('3.1.0');
      paths = document.paths;
      components = document.components.schemas;
    });
    afterAll(async () => await server.close());

    it.each(Object.entries(contract))('has %s as the client calls it', (routeName, route) => {
      const operation = paths[route.path]?.[route.method.toLowerCase()];
      expect(operation && readable(operation, components), `${route.method} ${route.path}`).toEqual(
        expectedOperation(routeName, route),
      );
    });

    it('refers to what is there', () => {
      const referred = new Set(referredComponents([paths, components]));
      expect([...referred].filter((each) => !(each in components))).toEqual([]);
    });

    it('has no other operation', () => {
      const listed = Object.entries(paths).flatMap(([path, operations]) =>
        Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
      );
      const ours = Object.values(contract).map(({ method, path }) => `${method} ${path}`);
      expect(listed.toSorted()).toEqual(ours.toSorted());
    });
  });
}

type Media = Readonly<Record<string, { readonly schema?: JsonSchema }>>;

interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
  readonly schema?: JsonSchema;
}

interface Operation {
  readonly operationId?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Media };
  readonly responses: Readonly<
    Record<string, { readonly content?: Media; readonly headers?: Readonly<Record<string, unknown>> }>
  >;
}

interface Document {
  readonly openapi: string;
  readonly paths: Paths;
  readonly components: { readonly schemas: Components };
}

type Components = Readonly<Record<string, JsonSchema>>;
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

async function serverOf(contract: Contract): Promise<HttpServer> {
  const log = createLog({ name: 'describe-api', level: 'silent' });
  const server = await createHttpServer({ log, title: 'API', version: '1' });
  const handlers = Object.fromEntries(Object.keys(contract).map((name) => [name, neverCalled]));
  registerRoutes(server, contract, handlers as unknown as Handlers<Contract, object>, {
    authenticate: neverCalled,
    idempotency: { store: createMemoryIdempotencyStore(systemClock), callerId: () => 'nobody' },
  });
  return server;
}

async function neverCalled(): Promise<never> {
  throw new Error('Only the document is asked for.');
}

/** What a client needs to know to call an operation; both sides are brought to this form. */
function readable(operation: Operation, components: Components) {
  const { operationId, security, parameters = [], requestBody, responses } = operation;
  const { '4XX': clientErrors, '5XX': serverErrors, ...own } = responses;
  const problems = [clientErrors, serverErrors].map((each) => Object.keys(each?.content ?? {}));
  return {
    operationId,
    security,
    parameters: parameters
      .map((parameter) => ({
        in: parameter.in,
        name: parameter.name,
        required: parameter.required ?? false,
        schema: plain(parameter.schema),
      }))
      .toSorted(byName),
    body: media(requestBody?.content, components),
    responses: Object.fromEntries(
      Object.entries(own).map(([status, { content, headers = {} }]) => [
        status,
        {
          headers: Object.keys(headers),
          media: Number(status) < 400 ? media(content, components) : Object.keys(content ?? {}),
        },
      ]),
    ),
    problems,
  };
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : 1;
}

function media(content: Media = {}, components: Components = {}): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(content).map(([type, { schema = {} }]) => {
      const name = String(schema['$ref']).replace(componentsPath, '');
      return [type, plain(components[name] ?? schema)];
    }),
  );
}

function expectedOperation(name: string, route: Route) {
  return {
    operationId: name,
    security: route.access === 'public' ? [] : [{ bearer: [] }],
    parameters: [
      ...parametersOf('path', route.params),
      ...parametersOf('query', route.query),
      ...headersOf(route),
    ].toSorted(byName),
    body: bodyOf(route),
    responses: responsesOf(route),
    problems: [[problemMediaType], [problemMediaType]],
  };
}

function parametersOf(place: 'path' | 'query', schema: ZodType | undefined) {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchemaOf(schema, 'input') as {
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    in: place,
    name,
    required: place === 'path' || required.includes(name),
    schema: plain(property),
  }));
}

function headersOf({ method, etag, ifMatch, idempotent, eventId }: Route) {
  const header = (name: string, required = false) => [
    { in: 'header', name, required, schema: { type: 'string' } },
  ];
  return [
    ...(etag === true && method === 'GET' ? header('If-None-Match') : []),
    ...(ifMatch === undefined ? [] : header('If-Match', ifMatch === 'required')),
    ...(idempotent === undefined ? [] : header('Idempotency-Key')),
    ...(eventId === undefined ? [] : header('Last-Event-ID')),
  ];
}

function bodyOf({ body, upload }: Route): Readonly<Record<string, unknown>> {
  if (upload === true) return { 'application/octet-stream': { type: 'string', format: 'binary' } };
  return body === undefined ? {} : { 'application/json': plain(jsonSchemaOf(body, 'input')) };
}

function responsesOf(route: Route): Readonly<Record<string, unknown>> {
  const { method, etag, ifMatch, idempotent, body } = route;
  const problem = { headers: [], media: [problemMediaType] };
  const headers = [
    ...(etag === true ? ['ETag'] : []),
    ...(idempotent === undefined ? [] : ['Idempotency-Replayed']),
  ];
  return {
    [route.status ?? 200]: { headers, media: successMedia(route) },
    ...(etag === true && method === 'GET' ? { 304: { headers: ['ETag'], media: {} } } : {}),
    ...(body === undefined ? {} : { 413: problem }),
    ...(idempotent === undefined ? {} : { 409: problem, 422: problem }),
    ...(ifMatch === undefined ? {} : { 412: problem }),
    ...(ifMatch === 'required' ? { 428: problem } : {}),
  };
}

function successMedia({ stream, download, response }: Route): Readonly<Record<string, unknown>> {
  const schema = jsonSchemaOf(response, 'output');
  if (schema['type'] === 'null') return {};
  if (download === true) return { 'application/octet-stream': plain(schema) };
  if (stream !== true) return { 'application/json': plain(schema) };
  return { [ndjsonMediaType]: plain(schema), [eventStreamMediaType]: plain(schema) };
}

/** Without what OpenAPI says in another way: words for people, what is repeated, `const` (an `enum` of one). */
function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(
    ([key, value]) => key !== '$defs' && (typeof value === 'object' || !forPeople.has(key)),
  );
  return Object.fromEntries(kept.map(([key, value]) => plainEntry(key, value)));
}

function plainEntry(key: string, value: unknown): [string, unknown] {
  if (key === 'const') return ['enum', [value]];
  return key === '$ref' ? [key, 'elsewhere'] : [key, plain(value)];
}

const forPeople = new Set(['$schema', 'description', 'title']);

/** Names of components that some part refers to. */
function referredComponents(part: unknown): readonly string[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]: [string, unknown]) =>
    key === '$ref' && typeof value === 'string'
      ? [value.replace(componentsPath, '')]
      : referredComponents(value),
  );
}

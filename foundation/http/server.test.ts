import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { PlatformError } from '@trencadis/errors';
import { createLog } from '@trencadis/log';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { type ClientOptions, createHttpServer, defineRoutes, listen } from './index.ts';
import { type Library, libraryContract, startLibrary } from './testing/library.ts';
import { startNotebook } from './testing/notebook.ts';

let library: Library;
beforeEach(async () => {
  library = await startLibrary();
});
afterEach(async () => {
  await library.server.close();
});

const client = (options: Partial<ClientOptions> = {}) => library.client(options);
const shelf = { params: { shelf: 'a b/ñ' }, query: {} };

describe('a contract', () => {
  it('carries params, query and answer between client and handler, typed and parsed', async () => {
    const answer = await client().getShelf({ ...shelf, query: { limit: '7' } });
    expect(answer).toEqual({ shelf: 'a b/ñ', limit: 7, reader: 'Ada' });
    expectTypeOf(answer).toEqualTypeOf<{ shelf: string; limit: number; reader: string }>();
  });

  it('refuses a path whose parameters are not those of its schema', () => {
    const route = { ...libraryContract.fail, path: '/fail/{why}' };
    expect(() => defineRoutes({ route })).toThrow(/do not agree/);
  });

  it('is written as OpenAPI 3.1 with rights and problem details', async () => {
    const document = (await (await fetch(`${library.baseUrl}/openapi.json`)).json()) as Record<string, never>;
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Library', version: '1.2.3' },
      paths: {
        '/shelves/{shelf}/books': {
          get: {
            operationId: 'getShelf',
            security: [{ bearer: [] }],
            description: 'Needs the right book.read.',
            responses: { '4XX': { content: { 'application/problem+json': {} } } },
          },
        },
        '/fail/{how}': { post: { security: [] } },
        '/count': { get: { responses: { 200: { content: { 'application/x-ndjson': {} } } } } },
      },
    });
    expect(Object.keys(document['paths']!)).not.toContain('/openapi.json');
  });
});

describe('access', () => {
  it('answers 401 without a token and to a bad one, before it reads the body', async () => {
    const answer = await fetch(`${library.baseUrl}/books`, { method: 'POST', body: 'not json' });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    await expect(client({ token: 'bad' }).getShelf(shelf)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('answers 403 when the token lacks the right, before it reads the body', async () => {
    const asked = client().addBook({ body: { title: '', pages: [] } });
    await expect(asked).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('a failed request', () => {
  it('names every bad field and not the value', async () => {
    const answer = await library.server.inject({
      url: '/shelves/far-too-long-a-name/books?limit=0',
      headers: { authorization: 'Bearer good' },
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({
      code: 'invalid-argument',
      detail: expect.stringMatching(/^params\.shelf: /),
    });
    const limit = client().getShelf({ params: { shelf: 'a' }, query: { limit: 0 } });
    await expect(limit).rejects.toMatchObject({
      code: 'invalid-argument',
      details: { errors: [{ field: 'query.limit', message: expect.any(String) }] },
    });
  });

  it('arrives at the client as the PlatformError that was thrown, without its details', async () => {
    const failed = client().fail({ params: { how: 'conflict' } });
    await expect(failed).rejects.toBeInstanceOf(PlatformError);
    await expect(failed).rejects.toMatchObject({
      code: 'conflict',
      message: 'Version 3 is newer.',
      subject: 'book-1',
      details: { requestId: expect.any(String) },
    });
  });

  it.each(['bug', 'internal'])(
    'tells nothing of a %s but the request id, under which the log has it',
    async (how) => {
      const answer = await fetch(`${library.baseUrl}/fail/${how}`, {
        method: 'POST',
        headers: { 'x-request-id': 'ask-7' },
      });
      const text = await answer.text();
      expect(answer.status).toBe(500);
      expect(text).not.toContain('hunter2');
      expect(text).toContain('ask-7');
      expect(library.logLines.some((line) => line.includes('ask-7') && line.includes('hunter2'))).toBe(true);
    },
  );

  it('keeps HTTP’s own statuses and quotes no body', async () => {
    const post = async (body: string, type = 'application/json') =>
      await fetch(`${library.baseUrl}/fail/conflict`, {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      });
    const broken = await post('{"key": hunter2}');
    expect(broken.status).toBe(400);
    expect(await broken.text()).not.toContain('hunter2');
    expect((await post('a', 'text/csv')).status).toBe(415);
    expect((await post(JSON.stringify('x'.repeat(1024 * 1024)))).status).toBe(413);
    const missing = await fetch(`${library.baseUrl}/nothing?token=hunter2`);
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({
      code: 'not-found',
      detail: 'There is no GET /nothing here.',
    });
  });

  it('is told of a body that is too large before the body is read, also by a client that sends all of it', async () => {
    await using notebook = await startNotebook();
    await using large = notebook.client();
    const asked = large.addPage({ query: {}, body: { text: 'x'.repeat(10_000_000) } });
    await expect(asked).rejects.toMatchObject({
      code: 'invalid-argument',
      message: 'The body is larger than 10000 bytes, which is all that is accepted here.',
      details: { status: 413 },
    });
    expect(notebook.pages).toEqual([]);
  });

  it('takes no request id that is not safe to log', async () => {
    const answer = await fetch(`${library.baseUrl}/openapi.json`, { headers: { 'x-request-id': 'a b"c' } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('the server', () => {
  const log = createLog({ name: 'test', level: 'silent' });

  it('closes when its signal aborts, and says when a port is taken', async () => {
    const port = Number(new URL(library.baseUrl).port);
    const stop = new AbortController();
    const second = await createHttpServer({ log, title: 'Second', version: '1', signal: stop.signal });
    const taken = listen(second, { host: '127.0.0.1', port });
    await expect(taken).rejects.toMatchObject({ code: 'unavailable', message: /another process listens/ });
    const third = await createHttpServer({ log, title: 'Third', version: '1', signal: stop.signal });
    const url = await listen(third, { host: '127.0.0.1', port: 0 });
    stop.abort();
    await expect
      .poll(
        async () =>
          await fetch(url).then(
            () => 'open',
            () => 'closed',
          ),
      )
      .toBe('closed');
  });

  it('answers what it is being sent when it begins to close, and ends that connection', async () => {
    const reached = once(library.server.server, 'connection');
    const socket = connect(Number(new URL(library.baseUrl).port), '127.0.0.1');
    const [connection] = (await reached) as [Socket];
    const begun = once(connection, 'data');
    socket.write('GET /shelves/a/books HTTP/1.1\r\nhost: library\r\n');
    await begun;
    const closed = library.server.close();
    socket.write('authorization: Bearer good\r\n\r\n');
    const answer = await textOf(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('"reader":"Ada"');
    await closed;
  });
});

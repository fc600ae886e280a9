import { PlatformError } from '@trencadis/errors';
import { type Log, createLog } from '@trencadis/log';
import { z } from 'zod';
import {
  type Client,
  type ClientOptions,
  type HttpServer,
  type HttpServerOptions,
  createClient,
  createHttpServer,
  defineRoutes,
  listen,
  registerRoutes,
} from '../index.ts';

/** A small service with one route of each sort, for the tests of this package. */
export const libraryContract = defineRoutes({
  getShelf: {
    method: 'GET',
    path: '/shelves/{shelf}/books',
    summary: 'Books of a shelf',
    params: z.object({ shelf: z.string().max(10) }),
    query: z.object({ limit: z.coerce.number().int().min(1).default(5) }),
    response: z.object({ shelf: z.string(), limit: z.int(), reader: z.string() }),
    access: { right: 'book.read' },
  },
  addBook: {
    method: 'POST',
    path: '/books',
    summary: 'Add a book',
    body: z.strictObject({ title: z.string().min(1), pages: z.array(z.object({ text: z.string() })) }),
    response: z.object({ title: z.string() }),
    status: 201,
    access: { right: 'book.write' },
  },
  fail: {
    method: 'POST',
    path: '/fail/{how}',
    summary: 'Fail in the asked way',
    params: z.object({ how: z.string() }),
    response: z.object({}),
    access: 'public',
  },
  count: {
    method: 'GET',
    path: '/count',
    summary: 'Count up to a number, then fail or end or wait',
    query: z.object({ to: z.coerce.number(), finally: z.enum(['end', 'fail', 'wait']) }),
    response: z.object({ value: z.int() }),
    stream: true,
    access: 'public',
  },
});

const failures: Record<string, () => unknown> = {
  conflict: () =>
    new PlatformError('conflict', 'Version 3 is newer.', { subject: 'book-1', details: { row: 'secret' } }),
  bug: () => new TypeError('password hunter2 is not a function'),
  internal: () => new PlatformError('internal', 'the table of hunter2 is gone', { subject: 'hunter2' }),
};

export interface Library extends AsyncDisposable {
  readonly server: HttpServer;
  readonly baseUrl: string;
  readonly logLines: readonly string[];
  /** How the streams that ended were asked to end. */
  readonly endedStreams: readonly string[];
  client(options?: Partial<ClientOptions>): Client<typeof libraryContract>;
}

export async function startLibrary(options: Partial<HttpServerOptions> = {}): Promise<Library> {
  const logLines: string[] = [];
  const endedStreams: string[] = [];
  const destination = { write: (line: string) => void logLines.push(line) };
  const log: Log = createLog({ name: 'test', level: 'debug', destination });
  const server = await createHttpServer({ log, title: 'Library', version: '1.2.3', ...options });
  registerRoutes<typeof libraryContract, { name: string }>(
    server,
    libraryContract,
    {
      getShelf: async ({ params, query, caller }) => ({
        ...params,
        ...query,
        reader: caller.name,
        extra: 'never sent',
      }),
      addBook: async ({ body }) => ({ title: body.title }),
      fail: async ({ params }) => {
        throw failures[params.how]!();
      },
      count: async ({ query, signal }) => {
        if (query.to > 1000) throw new PlatformError('invalid-argument', 'Nobody counts so far.');
        return countUp(query, signal, endedStreams);
      },
    },
    {
      authenticate: async (token, { right }) => {
        if (token !== 'good') throw new PlatformError('unauthenticated', 'Who are you?');
        if (right === 'book.write') throw new PlatformError('forbidden', 'You may not write.');
        return { name: 'Ada' };
      },
    },
  );
  const baseUrl = await listen(server, { host: '127.0.0.1', port: 0 });
  return {
    server,
    baseUrl,
    logLines,
    endedStreams,
    client: (more = {}) => createClient(libraryContract, { baseUrl, token: 'good', ...more }),
    [Symbol.asyncDispose]: async () => await server.close(),
  };
}

async function* countUp(
  query: { readonly to: number; readonly finally: 'end' | 'fail' | 'wait' },
  signal: AbortSignal,
  endedStreams: string[],
): AsyncGenerator<{ value: number }> {
  try {
    for (let value = 1; value <= query.to; value += 1) yield { value };
    if (query.finally === 'fail') throw new PlatformError('unavailable', 'No more numbers.');
    if (query.finally === 'wait')
      await new Promise((end) => signal.addEventListener('abort', end, { once: true }));
  } finally {
    endedStreams.push(query.finally);
  }
}

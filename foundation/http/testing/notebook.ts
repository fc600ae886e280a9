import { systemClock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { createLog } from '@trencadis/log';
import { z } from 'zod';
import {
  type Client,
  type ClientOptions,
  type Handlers,
  type HttpServer,
  type IdempotencyStore,
  checkIfMatch,
  createClient,
  createHttpServer,
  createMemoryIdempotencyStore,
  defineRoutes,
  listen,
  prepared,
  registerRoutes,
} from '../index.ts';

const page = z.object({ number: z.int(), text: z.string() });
const params = z.object({ number: z.coerce.number() });
const access = { right: 'page' };

/** What people read again and again, follow, and must not write over or twice. */
export const notebookContract = defineRoutes({
  readPage: {
    method: 'GET',
    path: '/pages/{number}',
    summary: 'Read a page',
    params,
    response: page,
    etag: true,
    access,
  },
  writePage: {
    method: 'PUT',
    path: '/pages/{number}',
    summary: 'Write over a page that was read',
    params,
    body: z.object({ text: z.string() }),
    response: page,
    etag: true,
    ifMatch: 'required',
    access,
  },
  tearPage: {
    method: 'DELETE',
    path: '/pages/{number}',
    summary: 'Tear a page out',
    params,
    response: z.undefined(),
    status: 204,
    ifMatch: 'optional',
    idempotent: 'by-key',
    access,
  },
  addPage: {
    method: 'POST',
    path: '/pages',
    summary: 'Add a page',
    query: z.object({ color: z.string().default('white') }),
    body: z.object({ text: z.string().max(1_000_000) }),
    bodyLimitBytes: 10_000,
    response: page,
    status: 201,
    idempotent: 'by-key',
    access,
  },
  followPages: {
    method: 'GET',
    path: '/pages',
    summary: 'The pages after one, then each that is added',
    query: z.object({ after: z.coerce.number().int().default(0) }),
    response: page,
    stream: true,
    eventId: { field: 'number', query: 'after' },
    access,
  },
});

export interface Notebook extends AsyncDisposable {
  readonly server: HttpServer;
  readonly baseUrl: string;
  readonly pages: string[];
  /** Runs, with the text, while a page is being added. */
  whileAdding: (text: string) => Promise<void>;
  /** A page with this text is the last one. */
  readonly lastText: string;
  client(options?: Partial<ClientOptions>): Client<typeof notebookContract>;
}

export interface NotebookOptions {
  readonly store?: IdempotencyStore;
  readonly pages?: string[];
  readonly port?: number;
}

interface Reader {
  readonly name: string;
}

export async function startNotebook(options: NotebookOptions = {}): Promise<Notebook> {
  const { store = createMemoryIdempotencyStore(systemClock), pages = [], port = 0 } = options;
  const log = createLog({ name: 'test', level: 'silent' });
  const server = await createHttpServer({ log, title: 'Notebook', version: '1' });
  const notebook: { whileAdding: Notebook['whileAdding'] } = { whileAdding: async () => {} };
  registerRoutes<typeof notebookContract, Reader>(server, notebookContract, handlersOf(pages, notebook), {
    authenticate: async (name) => ({ name }),
    idempotency: { store, callerId: ({ name }) => name },
  });
  const baseUrl = await listen(server, { host: '127.0.0.1', port });
  return Object.assign(notebook, {
    server,
    baseUrl,
    pages,
    lastText,
    client: (more: Partial<ClientOptions> = {}) =>
      createClient(notebookContract, { baseUrl, token: 'Ada', ...more }),
    [Symbol.asyncDispose]: async () => await server.close(),
  });
}

const lastText = 'The end.';

function handlersOf(
  pages: string[],
  notebook: { readonly whileAdding: Notebook['whileAdding'] },
): Handlers<typeof notebookContract, Reader> {
  const read = (number: number) => {
    const text = pages[number - 1];
    if (text === undefined) throw new PlatformError('not-found', `There is no page ${number}.`);
    return { number, text };
  };
  return {
    readPage: async ({ params: { number } }) => {
      const { text } = read(number);
      return prepared({ etag: `v-${text}`, json: `{"number":${number},"text":${JSON.stringify(text)}}` });
    },
    writePage: async ({ params: { number }, body, ifMatch }) => {
      checkIfMatch(ifMatch, { etag: `v-${read(number).text}`, subject: `page ${number}` });
      pages[number - 1] = body.text;
      return { number, text: body.text };
    },
    tearPage: async ({ params: { number }, ifMatch }) => {
      checkIfMatch(ifMatch, { etag: `v-${read(number).text}`, subject: `page ${number}` });
      pages.splice(number - 1, 1);
    },
    addPage: async ({ body }) => {
      await notebook.whileAdding(body.text);
      return { number: pages.push(body.text), text: body.text };
    },
    followPages: async function* ({ query, signal }) {
      for (let number = query.after + 1; !signal.aborted; number += 1) {
        while (pages.length < number && !signal.aborted) await systemClock.sleep(2);
        if (signal.aborted) return;
        yield read(number);
        if (pages[number - 1] === lastText) return;
        if (pages[number - 1] === 'torn') throw new PlatformError('conflict', 'The next page is torn out.');
      }
    },
  };
}

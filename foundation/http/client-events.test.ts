import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followEvents } from './client-events.ts';
import { allOf } from './testing/all-of.ts';
import { type Notebook, notebookContract, startNotebook } from './testing/notebook.ts';

let notebook: Notebook;
beforeEach(async () => {
  notebook = await startNotebook();
});
afterEach(async () => {
  await notebook.server.close();
});

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `page ${from + index}`);

interface Link extends AsyncDisposable {
  readonly baseUrl: string;
  readonly connectionCount: number;
  /** Cuts every connection after this many bytes of answer. */
  cutAfterBytes: number;
}

/** A connection through which somebody stumbles now and then. */
async function badLink(to: URL): Promise<Link> {
  const sockets = new Set<Socket>();
  const link = { cutAfterBytes: Infinity, connectionCount: 0, baseUrl: '' };
  const server: Server = createServer((near) => {
    link.connectionCount += 1;
    const far = connect(Number(to.port), to.hostname);
    for (const socket of [near, far]) sockets.add(socket.on('error', () => socket.destroy()));
    near.pipe(far);
    let left = link.cutAfterBytes;
    far.on('data', (bytes) => {
      near.write(bytes.subarray(0, left));
      left -= bytes.length;
      if (left <= 0) near.destroySoon();
    });
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return Object.assign(link, {
    baseUrl: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  });
}

describe('a stream with an event id', () => {
  it('misses nothing and repeats nothing when connections are cut anywhere', async () => {
    await using link = await badLink(new URL(notebook.baseUrl));
    // Somewhere in the second event; headers are about 300 bytes.
    link.cutAfterBytes = 420;
    notebook.pages.push(...numbered(1, 6), notebook.lastText);
    await using client = notebook.client({ baseUrl: link.baseUrl });
    const items = await allOf(client.followPages({ query: {} }));
    expect(items.map(({ text }) => text)).toEqual([...numbered(1, 6), notebook.lastText]);
    expect(link.connectionCount).toBeGreaterThan(2);
  });

  it('begins where it is told to, and stays there when it is cut before the first item', async () => {
    await using link = await badLink(new URL(notebook.baseUrl));
    link.cutAfterBytes = 300;
    notebook.pages.push(...numbered(1, 4), notebook.lastText);
    await using client = notebook.client({ baseUrl: link.baseUrl });
    const items = client.followPages({ query: { after: 3 } })[Symbol.asyncIterator]();
    const first = items.next();
    await expect.poll(() => link.connectionCount).toBeGreaterThan(1);
    link.cutAfterBytes = Infinity;
    expect((await first).value).toEqual({ number: 4, text: 'page 4' });
    await items.return?.();
  });

  it('goes on at the next server when one is closed', async () => {
    notebook.pages.push('page 1');
    await using client = notebook.client();
    const items = client.followPages({ query: {} })[Symbol.asyncIterator]();
    expect((await items.next()).value).toEqual({ number: 1, text: 'page 1' });
    const second = items.next();
    await notebook.server.close();
    const { pages, baseUrl } = notebook;
    notebook = await startNotebook({ pages, port: Number(new URL(baseUrl).port) });
    pages.push('page 2', notebook.lastText);
    expect((await second).value).toEqual({ number: 2, text: 'page 2' });
    expect((await items.next()).value).toMatchObject({ text: notebook.lastText });
    expect((await items.next()).done).toBe(true);
  });

  it('leaves a connection on which not even a heartbeat comes any more', async () => {
    const resumedAfter: (string | undefined)[] = [];
    const server = createHttpServer((request, response) => {
      const { 'last-event-id': lastId } = request.headers;
      resumedAfter.push(lastId === undefined ? undefined : String(lastId));
      response.write('id: 1\ndata: {"number":1,"text":"page 1"}\n\n');
      if (lastId === '1') response.end('event: end\ndata: {}\n\n');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const agent = new Agent();
    const connection = { agent, baseUrl: `http://127.0.0.1:${port}` };
    const items = followEvents({ route: notebookContract.followPages, connection }, 20);
    expect(await allOf(items({}))).toHaveLength(2);
    expect(resumedAfter).toEqual([undefined, '1']);
    await agent.destroy();
    await new Promise((done) => server.close(done));
  });

  it('gives up after its time, and at once where nobody ever listened', async () => {
    notebook.pages.push('page 1');
    await using client = notebook.client({ reconnectMs: 300 });
    const items = client.followPages({ query: {} })[Symbol.asyncIterator]();
    await items.next();
    const next = items.next();
    await notebook.server.close();
    await expect(next).rejects.toMatchObject({ code: 'unavailable' });
    const never = client.followPages({ query: {} })[Symbol.asyncIterator]().next();
    await expect(never).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('throws what the server told in the middle, and what it refuses', async () => {
    notebook.pages.push('page 1', 'torn');
    await using client = notebook.client();
    const read = async () => await allOf(client.followPages({ query: {} }));
    await expect(read()).rejects.toMatchObject({ code: 'conflict', message: 'The next page is torn out.' });
    const refusing = client.followPages({ query: { after: 'x' } });
    const refused = refusing[Symbol.asyncIterator]().next();
    await expect(refused).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it.each(['while it reads', 'while it waits to connect again'])(
    'ends when the caller aborts %s',
    async (when) => {
      notebook.pages.push('page 1');
      await using client = notebook.client();
      const abort = new AbortController();
      const items = client.followPages({ query: {} }, { signal: abort.signal })[Symbol.asyncIterator]();
      await items.next();
      const next = items.next();
      if (when !== 'while it reads') await notebook.server.close();
      const reason = new Error('enough');
      abort.abort(reason);
      await expect(next).rejects.toBe(reason);
    },
  );
});

describe('who asks for a stream', () => {
  const follow = async (headers: Record<string, string>, query = '') => {
    const url = `${notebook.baseUrl}/pages${query}`;
    const answer = await fetch(url, { headers: { authorization: 'Bearer Ada', ...headers } });
    return { type: answer.headers.get('content-type'), text: await answer.text() };
  };

  it('gets events when it names them, else lines', async () => {
    notebook.pages.push(notebook.lastText);
    const line = '{"number":1,"text":"The end."}';
    expect(await follow({ accept: 'text/event-stream' })).toEqual({
      type: 'text/event-stream',
      text: `retry: 1000\n\nid: 1\ndata: ${line}\n\nevent: end\ndata: {}\n\n`,
    });
    for (const accept of ['*/*', 'application/x-ndjson', 'application/json']) {
      expect(await follow({ accept })).toEqual({ type: 'application/x-ndjson', text: `${line}\n` });
    }
  });

  it('goes on after the last event, whatever the URL of the first time said', async () => {
    notebook.pages.push(...numbered(1, 3), notebook.lastText);
    const events = await follow({ accept: 'text/event-stream', 'last-event-id': '3' }, '?after=1');
    expect(events.text).toContain('id: 4\n');
    expect(events.text).not.toContain('id: 3\n');
    const bad = await follow({ accept: 'text/event-stream', 'last-event-id': 'x' });
    expect(bad.text).toContain('query.after');
  });

  it('is told by a line when the server closes before the end', async () => {
    notebook.pages.push('page 1');
    const answer = await fetch(`${notebook.baseUrl}/pages`, { headers: { authorization: 'Bearer Ada' } });
    const text = answer.text();
    await notebook.server.close();
    expect(await text).toMatch(/^{"number":1.*\n{"problem":{.*"code":"unavailable".*\n$/);
  });
});

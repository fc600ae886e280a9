import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { sha256OfText } from '@trencadis/ids';
import { migrate } from '@trencadis/postgres';
import { type TestDatabase, freshDatabase } from '@trencadis/postgres/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryIdempotencyStore } from './idempotency-memory.ts';
import { createPostgresIdempotencyStore, idempotencyMigrations } from './idempotency-postgres.ts';
import { type IdempotencyStore, keyLifetimeMs, parseIdempotencyKey } from './idempotency.ts';
import { type Notebook, startNotebook } from './testing/notebook.ts';

let now = Date.parse('2026-11-23T12:00:00Z');
const clock: Clock = { now: () => new Date(now), sleep: async () => {} };

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await migrate(database.db, idempotencyMigrations);
});
afterAll(() => database[Symbol.asyncDispose]());

const stores: Record<string, () => IdempotencyStore> = {
  memory: () => createMemoryIdempotencyStore(clock),
  PostgreSQL: () => createPostgresIdempotencyStore(database.db, clock),
};

describe.each(Object.keys(stores))('the store of keys in %s', (name) => {
  let store: IdempotencyStore;
  let key = 0;
  beforeEach(() => {
    store = stores[name]!();
    key += 1;
  });
  const request = (text = 'a', more = {}) => ({
    callerId: 'Ada',
    route: 'POST /pages',
    key: `key-${key}`,
    digest: sha256OfText(text),
    ...more,
  });
  const answer = { status: 201, body: '{"ñ":1}', etag: '"1"' };

  it('gives a key to one of many', async () => {
    const taken = await Promise.all(Array.from({ length: 10 }, async () => await store.take(request())));
    const held = { digest: sha256OfText('a'), takenAt: new Date(now) };
    expect(taken.filter((earlier) => earlier === undefined)).toHaveLength(1);
    expect(taken.filter((earlier) => earlier !== undefined)).toEqual(Array.from({ length: 9 }, () => held));
  });

  it('keeps the answer, with and without an ETag', async () => {
    await store.take(request());
    await store.keep(request(), answer);
    expect((await store.take(request('b')))?.answer).toEqual(answer);
    const other = request('a', { key: `other-${key}` });
    await store.take(other);
    await store.keep(other, { status: 204, body: '' });
    expect((await store.take(other))?.answer).toEqual({ status: 204, body: '' });
  });

  it('tells callers and routes apart', async () => {
    await store.take(request());
    expect(await store.take(request('a', { callerId: 'Bob' }))).toBeUndefined();
    expect(await store.take(request('a', { route: 'POST /books' }))).toBeUndefined();
  });

  it('frees a key that has no answer, and no other', async () => {
    await store.take(request());
    await store.release(request('b'));
    expect(await store.take(request())).toBeDefined();
    await store.release(request());
    expect(await store.take(request())).toBeUndefined();
    await store.keep(request(), answer);
    await store.release(request());
    await store.keep(request(), { status: 500, body: 'later' });
    expect((await store.take(request()))?.answer).toEqual(answer);
  });

  it('forgets after a day and not before; a straggler answers nothing then', async () => {
    await store.take(request());
    now += keyLifetimeMs - 1;
    expect(await store.take(request('b'))).toBeDefined();
    now += 1;
    expect(await store.take(request('b'))).toBeUndefined();
    await store.keep(request(), answer);
    expect((await store.take(request('b')))?.answer).toBeUndefined();
  });
});

describe('a request with a key', () => {
  let notebook: Notebook;
  let store: IdempotencyStore;
  beforeEach(async () => {
    store = createMemoryIdempotencyStore(clock);
    notebook = await startNotebook({ store });
  });
  afterEach(async () => {
    await notebook.server.close();
  });
  const add = async (
    key: string,
    text = 'one',
    { caller = 'Ada', signal }: { caller?: string; signal?: AbortSignal } = {},
  ) => {
    const answer = await fetch(`${notebook.baseUrl}/pages`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${caller}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ text }),
      signal: signal ?? null,
    });
    const replayed = answer.headers.get('idempotency-replayed');
    return { status: answer.status, replayed, body: await answer.json() };
  };
  const added = { status: 201, body: { number: 1, text: 'one' } };

  it('is done once and answered as often as it is asked', async () => {
    expect(await add('"k 1"')).toEqual({ ...added, replayed: null });
    expect(await add('"k 1"')).toEqual({ ...added, replayed: 'true' });
    expect(notebook.pages).toEqual(['one']);
    await add('k-2');
    await add('"k 1"', 'one', { caller: 'Bob' });
    expect(notebook.pages).toHaveLength(3);
  });

  it('can be asked by a client, also for an answer without a body', async () => {
    await using client = notebook.client();
    const input = { query: {}, body: { text: 'one' } };
    const page = await client.addPage(input, { idempotencyKey: 'k 1' });
    expect(await client.addPage(input, { idempotencyKey: 'k 1' })).toEqual(page);
    await client.addPage({ query: {}, body: { text: 'two' } });
    await client.tearPage({ params: { number: 1 } }, { idempotencyKey: 'k 2' });
    await client.tearPage({ params: { number: 1 } }, { idempotencyKey: 'k 2' });
    expect(notebook.pages).toEqual(['two']);
  });

  it('is answered 422 when the key had another one, 400 when it is no key', async () => {
    await add('k-1');
    expect(await add('k-1', 'two')).toMatchObject({ status: 422, body: { code: 'conflict', status: 422 } });
    expect(await add('"k')).toMatchObject({ status: 400 });
    expect(await add(`"${'k'.repeat(256)}"`)).toMatchObject({ status: 400 });
    expect(notebook.pages).toEqual(['one']);
  });

  it('is answered 409 while the first one runs, which goes on when its client goes', async () => {
    const begun = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    notebook.whileAdding = async () => {
      begun.resolve();
      await finish.promise;
    };
    const gone = new AbortController();
    const first = add('k-1', 'one', { signal: gone.signal });
    await begun.promise;
    expect(await add('k-1')).toMatchObject({ status: 409, body: { code: 'conflict' } });
    gone.abort(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    finish.resolve();
    await expect.poll(async () => (await add('k-1')).status).toBe(201);
    expect(notebook.pages).toEqual(['one']);
  });

  it('may be asked again when it was refused', async () => {
    notebook.whileAdding = async () => {
      throw new PlatformError('quota-exceeded', 'The notebook is full.');
    };
    expect(await add('k-1')).toMatchObject({ status: 507 });
    notebook.whileAdding = async () => {};
    expect(await add('k-1')).toEqual({ ...added, replayed: null });
  });

  it.each([new PlatformError('unavailable', 'No ink.'), new TypeError('a bug')])(
    'is not done again after %s, for nobody knows what was done',
    async (failure) => {
      notebook.whileAdding = async (text) => {
        notebook.pages.push(text);
        throw failure;
      };
      expect((await add('k-1')).status).toBeGreaterThanOrEqual(500);
      notebook.whileAdding = async () => {};
      expect(await add('k-1')).toMatchObject({ status: 409, body: { detail: /nobody knows what it did/ } });
      expect(notebook.pages).toEqual(['one']);
    },
  );

  it('is not done again when the process died before the answer was kept', async () => {
    store.keep = async () => {
      throw new Error('killed here');
    };
    expect((await add('k-1')).status).toBe(500);
    const { pages } = notebook;
    await notebook.server.close();
    notebook = await startNotebook({ store, pages });
    expect(await add('k-1')).toMatchObject({ status: 409 });
    expect(pages).toEqual(['one']);
  });

  it('is checked before its key is taken', async () => {
    expect(await add('k-1', 'x'.repeat(20_000))).toMatchObject({ status: 413 });
    expect(await add('k-1')).toEqual({ ...added, replayed: null });
  });
});

describe('the header Idempotency-Key', () => {
  it('is a quoted string or a bare word', () => {
    expect(parseIdempotencyKey('"8e03978e-40d5"')).toBe('8e03978e-40d5');
    expect(parseIdempotencyKey('8e03978e-40d5')).toBe('8e03978e-40d5');
    expect(parseIdempotencyKey(undefined)).toBeUndefined();
    for (const bad of ['', '""', 'a b', '"a"b"', '"ñ"', '"a\\"']) {
      expect(() => parseIdempotencyKey(bad)).toThrow(/is no key/);
    }
  });
});

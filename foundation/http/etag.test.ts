import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { checkIfMatch, isKnown, parseIfMatch, prepareJson, prepared } from './etag.ts';
import { etagOf } from './index.ts';
import { type Notebook, startNotebook } from './testing/notebook.ts';

let notebook: Notebook;
beforeEach(async () => {
  notebook = await startNotebook({ pages: ['one', 'two'] });
});
afterEach(async () => {
  await notebook.server.close();
});

const ask = async (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  await fetch(`${notebook.baseUrl}${path}`, {
    method,
    headers: { authorization: 'Bearer Ada', ...(method === 'PUT' ? jsonType : {}), ...headers },
    ...(method === 'PUT' ? { body: '{"text":"new"}' } : {}),
  });
const jsonType = { 'content-type': 'application/json' };
const first = { params: { number: 1 } };

describe('an answer with an ETag', () => {
  it('is sent as it was prepared, and must be asked about each time', async () => {
    const answer = await ask('/pages/1');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      etag: '"v-one"',
      'cache-control': 'private, no-cache',
      'content-type': 'application/json; charset=utf-8',
      'content-length': '25',
    });
    expect(await answer.json()).toEqual({ number: 1, text: 'one' });
  });

  it.each(['"v-one"', 'W/"v-one"', '"v-other", "v-one"', '*'])(
    'is not sent again to who has %s',
    async (known) => {
      const answer = await ask('/pages/1', { 'if-none-match': known });
      expect(answer.status).toBe(304);
      expect(answer.headers.get('etag')).toBe('"v-one"');
      expect(await answer.text()).toBe('');
    },
  );

  it('is sent to who has another one, and only to who may read it', async () => {
    expect((await ask('/pages/1', { 'if-none-match': '"v-two"' })).status).toBe(200);
    const unknown = await fetch(`${notebook.baseUrl}/pages/1`, { headers: { 'if-none-match': '*' } });
    expect(unknown.status).toBe(401);
  });

  it('is the very same object at a client that knows it, until it changes', async () => {
    await using client = notebook.client();
    const page = await client.readPage(first);
    expectTypeOf(page).toEqualTypeOf<{ number: number; text: string }>();
    expect(await client.readPage(first, { known: page })).toBe(page);
    notebook.pages[0] = 'changed';
    expect(await client.readPage(first, { known: page })).toEqual({ number: 1, text: 'changed' });
  });
});

describe('a change of what was read', () => {
  it('is made when nobody else made one', async () => {
    await using client = notebook.client();
    const ifMatch = etagOf(await client.readPage(first)) ?? '';
    const written = await client.writePage({ ...first, body: { text: 'mine' }, ifMatch });
    expect(notebook.pages).toEqual(['mine', 'two']);
    expect(etagOf(written)).toMatch(/^"[\w-]{43}"$/);
  });

  it('is answered 412 when somebody else did, and changes nothing', async () => {
    await using client = notebook.client();
    const ifMatch = etagOf(await client.readPage(first)) ?? '';
    notebook.pages[0] = 'theirs';
    const late = client.writePage({ ...first, body: { text: 'mine' }, ifMatch });
    await expect(late).rejects.toMatchObject({
      code: 'conflict',
      subject: 'page 1',
      message: /read it again/,
      details: { status: 412 },
    });
    expect(notebook.pages).toEqual(['theirs', 'two']);
  });

  it('is answered 428 without an ETag where one is required, 400 with nonsense', async () => {
    const missing = await ask('/pages/1', {}, 'PUT');
    expect(missing.status).toBe(428);
    expect(missing.headers.get('content-type')).toContain('application/problem+json');
    expect((await ask('/pages/1', { 'if-match': 'v-one' }, 'PUT')).status).toBe(400);
    expect(notebook.pages[0]).toBe('one');
  });

  it('needs no ETag where it is optional, and heeds one', async () => {
    expect((await ask('/pages/2', { 'if-match': '"v-gone"' }, 'DELETE')).status).toBe(412);
    expect((await ask('/pages/2', {}, 'DELETE')).status).toBe(204);
    expect((await ask('/pages/1', { 'if-match': '*' }, 'DELETE')).status).toBe(204);
    expect(notebook.pages).toEqual([]);
  });
});

describe('ETags', () => {
  it('of a prepared value change with what is sent, and only then', () => {
    const schema = z.object({ text: z.string() });
    const tag = (text: string) => prepareJson(schema, { text }).etag;
    expect(tag('one')).toBe(tag('one'));
    expect(tag('one')).not.toBe(tag('two'));
    expect(String(prepareJson(schema, { text: 'one', extra: 1 } as { text: string }).json)).toBe(
      '{"text":"one"}',
    );
  });

  it('have no quote, space or line break in them', () => {
    for (const etag of ['', 'a"b', 'a b', 'a\r\nset-cookie: x', 'ñ']) {
      expect(() => prepared({ etag, json: '{}' })).toThrow(TypeError);
    }
  });

  it('match strongly where something is changed, weakly where something is read', () => {
    expect(parseIfMatch('W/"a", "b","c"')).toEqual(['"b"', '"c"']);
    expect(parseIfMatch(' * ')).toBe('*');
    expect(isKnown('W/"a"', '"a"')).toBe(true);
    expect(isKnown('"ab"', '"a"')).toBe(false);
  });

  it('of what does not exist match nothing', () => {
    const check = (ifMatch: Parameters<typeof checkIfMatch>[0], etag?: string) => () =>
      checkIfMatch(ifMatch, { etag, subject: 'page 1' });
    expect(check('*')).toThrow(/has changed/);
    expect(check(['"undefined"'])).toThrow(/has changed/);
    expect(check(['"a"'], '"a"')).not.toThrow();
    expect(check(undefined)).not.toThrow();
  });
});

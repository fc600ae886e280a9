import { createHash } from 'node:crypto';
import { createLog } from '@trencadis/log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { byteStream, createClient, createHttpServer, defineRoutes, listen, registerRoutes } from './index.ts';

const contract = defineRoutes({
  digest: {
    method: 'PUT',
    path: '/digests/{name}',
    summary: 'Digest what is sent',
    params: z.object({ name: z.string() }),
    upload: true,
    response: z.object({ name: z.string(), sizeBytes: z.int(), digest: z.string() }),
    status: 201,
    access: { right: 'write' },
  },
  letters: {
    method: 'GET',
    path: '/letters/{count}',
    summary: 'That many letters',
    params: z.object({ count: z.coerce.number().int() }),
    response: byteStream,
    download: true,
    access: 'public',
  },
});

const server = () =>
  createHttpServer({
    log: createLog({ name: 'test', level: 'silent' }),
    title: 'Bytes',
    version: '1',
    bodyLimitBytes: 1024,
  });

let opened: number;
let received: number;
let failures: unknown[];
let running: Awaited<ReturnType<typeof server>>;
let baseUrl: string;
beforeEach(async () => {
  opened = 0;
  received = 0;
  failures = [];
  running = await server();
  registerRoutes(
    running,
    contract,
    {
      digest: async ({ params, body }) => {
        const hash = createHash('sha256');
        let sizeBytes = 0;
        try {
          for await (const chunk of body as AsyncIterable<Buffer>) {
            hash.update(chunk);
            sizeBytes += chunk.length;
            received = sizeBytes;
          }
        } catch (error) {
          failures.push(error);
          throw error;
        }
        return { ...params, sizeBytes, digest: hash.digest('hex') };
      },
      letters: async ({ params: { count } }) => ({
        sizeBytes: count,
        etag: `letters-${count}`,
        open: async function* open({ start, end }: { readonly start: number; readonly end: number }) {
          opened += 1;
          for (let at = start; at <= end; at += 1) yield Buffer.from(String.fromCodePoint(97 + (at % 26)));
        },
      }),
    },
    {
      authenticate: async () => undefined,
    },
  );
  baseUrl = await listen(running, { host: '127.0.0.1', port: 0 });
});
afterEach(() => running.close());

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('an upload', () => {
  it('reaches the handler as a stream, larger than the limit of other bodies', async () => {
    await using client = createClient(contract, { baseUrl, token: 'a' });
    const chunk = Buffer.alloc(65_536, 7);
    async function* bytes() {
      for (let index = 0; index < 64; index += 1) yield chunk;
    }
    const answer = await client.digest({ params: { name: 'sevens' }, bytes: bytes() });
    const digest = createHash('sha256')
      .update(Buffer.alloc(65_536 * 64, 7))
      .digest('hex');
    expect(answer).toEqual({ name: 'sevens', sizeBytes: 65_536 * 64, digest });
  });

  it.each([
    ['application/json', '{}', 415],
    ['text/plain', 'text', 415],
  ])('is refused as %s', async (type, body, status) => {
    const headers = { authorization: 'Bearer a', 'content-type': type };
    const answer = await fetch(`${baseUrl}/digests/a`, { method: 'PUT', headers, body });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it.each([undefined, 'application/octet-stream'])('may have no bytes, as %s', async (type) => {
    const headers = { authorization: 'Bearer a', ...(type === undefined ? {} : { 'content-type': type }) };
    const answer = await fetch(`${baseUrl}/digests/none`, { method: 'PUT', headers });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ name: 'none', sizeBytes: 0 });
  });

  it('ends with an error for the handler when its sender goes', async () => {
    await using client = createClient(contract, { baseUrl, token: 'a' });
    const gone = new AbortController();
    async function* bytes() {
      yield Buffer.alloc(100_000);
      await expect.poll(() => received).toBeGreaterThan(0);
      gone.abort(new Error('gone'));
      yield Buffer.alloc(1);
    }
    const sent = client.digest({ params: { name: 'half' }, bytes: bytes() }, { signal: gone.signal });
    await expect(sent).rejects.toThrow('gone');
    await expect.poll(() => failures).toHaveLength(1);
  });

  it('needs its token', async () => {
    const headers = { 'content-type': 'application/octet-stream' };
    expect((await fetch(`${baseUrl}/digests/a`, { method: 'PUT', headers, body: 'a' })).status).toBe(401);
  });
});

describe('a download', () => {
  it('gives all the bytes, and a range of them', async () => {
    await using client = createClient(contract, { baseUrl });
    const whole = await client.letters({ params: { count: '30' } });
    expect(whole.sizeBytes).toBe(30);
    expect(await textOf(whole.bytes)).toBe('abcdefghijklmnopqrstuvwxyzabcd');
    const part = await client.letters({ params: { count: '30' }, range: { start: 2, end: 4 } });
    expect(part.sizeBytes).toBe(3);
    expect(await textOf(part.bytes)).toBe('cde');
    const rest = await client.letters({ params: { count: '30' }, range: { start: 28 } });
    expect(await textOf(rest.bytes)).toBe('cd');
    expect(await textOf((await client.letters({ params: { count: '0' } })).bytes)).toBe('');
  });

  it.each([
    ['bytes=1-2', 206, 'bc', 'bytes 1-2/5'],
    ['bytes=3-', 206, 'de', 'bytes 3-4/5'],
    ['bytes=3-99', 206, 'de', 'bytes 3-4/5'],
    ['bytes=-2', 206, 'de', 'bytes 3-4/5'],
    ['bytes=-99', 206, 'abcde', 'bytes 0-4/5'],
    ['bytes=0-0,2-2', 200, 'abcde', null],
    ['bytes=4-2', 200, 'abcde', null],
    ['bytes=-', 200, 'abcde', null],
    ['lines=1-2', 200, 'abcde', null],
  ])('answers the range %j with %i', async (range, status, text, contentRange) => {
    const answer = await fetch(`${baseUrl}/letters/5`, { headers: { range } });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-range')).toBe(contentRange);
    expect(answer.headers.get('content-length')).toBe(String(text.length));
    expect(await answer.text()).toBe(text);
  });

  it.each(['bytes=5-', 'bytes=9-12', 'bytes=-0'])('has no range %j', async (range) => {
    const answer = await fetch(`${baseUrl}/letters/5`, { headers: { range } });
    expect(answer.status).toBe(416);
    expect(answer.headers.get('content-range')).toBe('bytes */5');
    expect(opened).toBe(0);
  });

  it('starts again when the bytes are others than those of the first part', async () => {
    const headers = { range: 'bytes=1-2', 'if-range': '"letters-4"' };
    expect((await fetch(`${baseUrl}/letters/5`, { headers })).status).toBe(200);
    const same = { ...headers, 'if-range': '"letters-5"' };
    expect((await fetch(`${baseUrl}/letters/5`, { headers: same })).status).toBe(206);
  });
});

it('describes both', async () => {
  const { paths } = (await (await fetch(`${baseUrl}/openapi.json`)).json()) as Record<string, never>;
  expect(paths).toMatchObject({
    '/letters/{count}': { get: { responses: { 200: { content: { 'application/octet-stream': {} } } } } },
    '/digests/{name}': {
      put: {
        requestBody: { content: { 'application/octet-stream': { schema: { format: 'binary' } } } },
        responses: { 201: {} },
      },
    },
  });
});

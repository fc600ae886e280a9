import { createServer as createTcpServer } from 'node:net';
import { createAuthority, issueServerCertificate } from '@trencadis/certificates';
import { systemClock } from '@trencadis/clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ClientOptions, createClient, defineRoutes } from './index.ts';
import { type Library, libraryContract, startLibrary } from './testing/library.ts';

let library: Library;
beforeEach(async () => {
  library = await startLibrary();
});
afterEach(async () => {
  await library.server.close();
});

const client = (options: Partial<ClientOptions> = {}) => library.client(options);
const shelf = { params: { shelf: 'a b/ñ' }, query: {} };

describe('a stream', () => {
  it('that is refused before it begins has the status of the refusal', async () => {
    const answer = await fetch(`${library.baseUrl}/count?to=1001&finally=end`);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const items = client().count({ query: { to: 1001, finally: 'end' } });
    const iterator = items[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('gives items one after the other and ends', async () => {
    const values: unknown[] = [];
    for await (const item of client().count({ query: { to: 3, finally: 'end' } })) values.push(item);
    expect(values).toEqual([{ value: 1 }, { value: 2 }, { value: 3 }]);
  });

  it('throws the handler’s error after the items before it', async () => {
    const values: number[] = [];
    const read = async () => {
      for await (const { value } of client().count({ query: { to: 2, finally: 'fail' } })) values.push(value);
    };
    await expect(read()).rejects.toMatchObject({ code: 'unavailable', message: 'No more numbers.' });
    expect(values).toEqual([1, 2]);
  });

  it('ends at the server when the reader stops', async () => {
    for await (const { value } of client().count({ query: { to: 1, finally: 'wait' } })) {
      expect(value).toBe(1);
      break;
    }
    await expect.poll(() => library.endedStreams).toEqual(['wait']);
  });

  // Well before the server would cut the connection off.
  it('ends when the server closes', async () => {
    const stream = client().count({ query: { to: 1, finally: 'wait' } });
    await stream[Symbol.asyncIterator]().next();
    await library.server.close();
    expect(library.endedStreams).toEqual(['wait']);
  }, 5_000);
});

describe('the client', () => {
  it('says unavailable when nobody listens, and so does a truncated answer', async () => {
    await library.server.close();
    await expect(client().getShelf(shelf)).rejects.toMatchObject({
      code: 'unavailable',
      subject: library.baseUrl,
    });
    const rude = createTcpServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"she'),
    );
    await new Promise<void>((done) => rude.listen(Number(new URL(library.baseUrl).port), '127.0.0.1', done));
    await expect(client().getShelf(shelf)).rejects.toMatchObject({ code: 'unavailable' });
    rude.close();
  });

  it('gives up after its time, and at once when the caller aborts', async () => {
    await library.server.close();
    const silent = createTcpServer((socket) => socket.resume().on('error', () => socket.destroy()));
    await new Promise<void>((done) =>
      silent.listen(Number(new URL(library.baseUrl).port), '127.0.0.1', done),
    );
    const impatient = client({ timeoutMs: 50 });
    await expect(impatient.getShelf(shelf)).rejects.toMatchObject({
      code: 'unavailable',
      message: /no answer in time/,
    });
    const reason = new Error('changed my mind');
    const abort = new AbortController();
    const patient = client();
    const asked = patient.getShelf(shelf, { signal: abort.signal });
    abort.abort(reason);
    await expect(asked).rejects.toBe(reason);
    await impatient[Symbol.asyncDispose]();
    await patient[Symbol.asyncDispose]();
    await new Promise((done) => silent.close(done));
  });

  it('says internal when another program answers', async () => {
    const other = defineRoutes({
      get: { ...libraryContract.getShelf, path: '/openapi.json', params: z.object({}) },
    });
    const wrong = createClient(other, { baseUrl: library.baseUrl });
    await expect(wrong.get({ params: {}, query: {} })).rejects.toMatchObject({
      code: 'internal',
      message: /right server/,
    });
  });

  it('trusts the given authority and no other', async () => {
    await library.server.close();
    const authority = await createAuthority({ commonName: 'Test', clock: systemClock });
    const certificate = await issueServerCertificate({
      authority,
      clock: systemClock,
      dnsNames: [],
      ipAddresses: ['127.0.0.1'],
      days: 1,
    });
    library = await startLibrary({ tls: certificate });
    expect(library.baseUrl).toMatch(/^https:/);
    expect(await client({ authorityPem: authority.certificatePem }).getShelf(shelf)).toMatchObject({
      reader: 'Ada',
    });
    const other = await createAuthority({ commonName: 'Other', clock: systemClock });
    const distrusting = client({ authorityPem: other.certificatePem });
    await expect(distrusting.getShelf(shelf)).rejects.toMatchObject({
      code: 'unavailable',
      message: /certificate/,
    });
  });
});

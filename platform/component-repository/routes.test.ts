import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@trencadis/clock';
import { type HttpServer, createHttpServer, listen, registerRoutes } from '@trencadis/http';
import { sha256OfBytes, sha256OfText } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { componentApi } from './api.ts';
import { type ComponentClient, createComponentClient } from './client.ts';
import { createDeliveryGrants } from './delivery-grants.ts';
import { parseMinisignKeys } from './minisign.ts';
import { openComponentRepository } from './open-component-repository.ts';
import { componentHandlers } from './routes.ts';
import { createMinisignSigner } from './testing/minisign-signer.ts';
import { exampleManifest, packGar } from './testing/pack-gar.ts';

const signer = createMinisignSigner();
const content = Buffer.from('create table key_share (eouid uuid primary key);\n');
const named = { fileName: 'database.sql', version: '1.0.0' };
const grants = createDeliveryGrants({ key: Buffer.alloc(32, 1), clock: systemClock });

let directory: string;
let server: HttpServer;
let baseUrl: string;
let client: ComponentClient;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trencadis-components-'));
  const log = createLog({ name: 'test', level: 'silent' });
  server = await createHttpServer({ log, title: 'Components', version: '1' });
  const trustedKeys = parseMinisignKeys(signer.publicKey);
  const repository = openComponentRepository({ directory, signatures: { trustedKeys, isRequired: false } });
  const delivery = { grants, baseUrl: 'https://10.0.0.1:8444', authorityPem: 'PEM' };
  const handlers = componentHandlers({ repository, delivery });
  registerRoutes(server, componentApi, handlers, { authenticate: async () => undefined });
  baseUrl = await listen(server, { host: '127.0.0.1', port: 0 });
  client = createComponentClient({ baseUrl, token: 'operator' });
});
afterEach(async () => {
  await client[Symbol.asyncDispose]();
  await server.close();
  await rm(directory, { recursive: true });
});

async function* chunks(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 10) yield bytes.subarray(at, at + 10);
}

async function bytesOf(received: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of received) all.push(chunk);
  return Buffer.concat(all);
}

const add = (
  said: Partial<Parameters<ComponentClient['addComponent']>[0]['query']> = {},
  params = named,
  bytes: Uint8Array = content,
) =>
  client.addComponent({
    params,
    query: { digest: sha256OfBytes(bytes), ...said },
    bytes: chunks(bytes),
  });

describe('the API of the component repository', () => {
  it('takes a file with all that is said of it, and gives it back', async () => {
    await add({}, { fileName: 'api.jar', version: '2' });
    const said = {
      description: 'The SQL Keys database',
      licence: 'Apache-2.0',
      dependencies: 'api.jar@>=1 <3, api.jar',
      signature: signer.sign(content, 'für Trencadís'),
    };
    const { component } = await add(said);
    expect(component).toEqual({
      ...named,
      type: 'sql',
      description: said.description,
      licence: said.licence,
      digest: sha256OfBytes(content),
      sizeBytes: content.length,
      dependencies: [
        { fileName: 'api.jar', range: '>=1 <3' },
        { fileName: 'api.jar', range: '*' },
      ],
      signature: {
        keyId: parseMinisignKeys(signer.publicKey)[0]?.keyId,
        trustedComment: 'für Trencadís',
        text: said.signature,
      },
    });
    expect(await client.listComponents({ query: { fileName: 'database.sql' } })).toEqual({
      components: [component],
    });
    const needs = [{ fileName: 'api.jar', version: '2', digest: sha256OfBytes(content) }];
    expect(await client.showComponent({ params: named })).toEqual({ component, needs });
    const received = await client.fetchComponent({ params: named });
    expect(received.sizeBytes).toBe(content.length);
    expect(await bytesOf(received.bytes)).toEqual(content);
    expect(await client.verifyComponent({ params: named })).toEqual({
      content: 'intact',
      signature: 'valid',
    });
  });

  it('shows the manifest of a service archive', async () => {
    const gar = await packGar({ 'component.json': JSON.stringify(exampleManifest) });
    const { component } = await add({}, { fileName: 'a.gar', version: '1' }, gar);
    expect(component.manifest).toEqual(exampleManifest);
  });

  it('gives a range', async () => {
    await add();
    const { bytes } = await client.fetchComponent({ params: named, range: { start: 7, end: 11 } });
    expect((await bytesOf(bytes)).toString()).toBe('table');
  });

  it.each([
    ['other bytes than declared', { digest: sha256OfText('other') }, 'invalid-argument'],
    ['a digest that is none', { digest: '../../etc/passwd' }, 'invalid-argument'],
    ['a licence that is none', { licence: 'my own' }, 'invalid-argument'],
    ['a range that is none', { dependencies: 'api.jar@>>1' }, 'invalid-argument'],
    ['a path as what it needs', { dependencies: '../api.jar' }, 'invalid-argument'],
    ['something that is not there as what it needs', { dependencies: 'api.jar' }, 'invalid-argument'],
    ['a type that its name cannot have', { type: 'deb' as const }, 'invalid-argument'],
    ['a signature that is none', { signature: 'signed' }, 'invalid-argument'],
    ['a signature of other bytes', { signature: signer.sign(Buffer.from('other')) }, 'forbidden'],
    ['a signature of a stranger', { signature: createMinisignSigner().sign(content) }, 'forbidden'],
  ])('refuses a file with %s', async (_what, said, code) => {
    await expect(add(said)).rejects.toMatchObject({ code });
    expect(await client.listComponents({ query: {} })).toEqual({ components: [] });
  });

  it.each(['../database.sql', '..', 'a/b.sql', '.hidden.sql', 'a\u0000.sql', '%2e%2e'])(
    'refuses the name %j everywhere',
    async (fileName) => {
      const params = { fileName, version: '1' };
      const calls = [
        add({}, params),
        client.showComponent({ params }),
        client.fetchComponent({ params }),
        client.verifyComponent({ params }),
        client.removeComponent({ params }),
      ];
      for (const outcome of await Promise.allSettled(calls)) {
        expect(outcome).toMatchObject({ status: 'rejected' });
        // A client that folds `..` away asks for another path, and there is nothing either.
        expect(['invalid-argument', 'not-found']).toContain(
          outcome.status === 'rejected' ? (outcome.reason as { code: string }).code : '',
        );
      }
    },
  );

  it('removes what nothing needs', async () => {
    await add();
    await add({ dependencies: 'database.sql' }, { fileName: 'api.jar', version: '1' });
    await expect(client.removeComponent({ params: named })).rejects.toMatchObject({ code: 'conflict' });
    const api = { fileName: 'api.jar', version: '1' };
    expect((await client.removeComponent({ params: api })).component).toMatchObject(api);
    expect((await client.removeComponent({ params: named })).component).toMatchObject(named);
    await expect(client.removeComponent({ params: named })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('grants one machine one file', async () => {
    const { component } = await add();
    const order = await client.deliverComponent({ params: named, body: { vmName: 'gt4' } });
    expect(order).toMatchObject({
      url: `https://10.0.0.1:8444/components/${component.digest}`,
      authorityPem: 'PEM',
      digest: component.digest,
      sizeBytes: content.length,
      lifetimeSeconds: 300,
    });
    expect(await grants.verify(order.grant)).toEqual({ vmName: 'gt4', digest: component.digest });
  });

  it('says so when it delivers nothing over HTTPS', async () => {
    const repository = openComponentRepository({ directory });
    await add();
    const { deliverComponent } = componentHandlers({ repository });
    const request = { params: named, body: { vmName: 'gt4' }, query: undefined };
    const context = { caller: undefined, requestId: 'r', signal: new AbortController().signal };
    await expect(deliverComponent({ ...request, ...context })).rejects.toMatchObject({ code: 'unsupported' });
  });
});

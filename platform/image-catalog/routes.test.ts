import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { systemClock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { type HttpServer, createHttpServer, listen, registerRoutes } from '@trencadis/http';
import { brandId, sha256OfText } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageApi } from './api.ts';
import { ArtifactFiles } from './artifact-files.ts';
import { type ImageClient, createImageClient } from './client.ts';
import type { Audience, ImageCaller, ImageOperation } from './model.ts';
import { imageHandlers } from './routes.ts';
import { ImageService } from './service.ts';
import { createMemoryCatalogStore } from './store-memory.ts';

const callers: Readonly<Record<string, ImageCaller>> = {
  ana: { user: 'ana', groups: [], isAdmin: false },
  member: { user: 'member', groups: ['lab'], isAdmin: false },
  other: { user: 'other', groups: ['elsewhere'], isAdmin: false },
  admin: { user: 'admin', groups: [], isAdmin: true },
};
const content = 'the bytes of an image';
const digest = sha256OfText(content);
const metadata = {
  architecture: 'x86_64',
  operatingSystem: { name: 'linux', flavour: 'Debian', version: '12' },
  applications: [{ name: 'ant', version: '1.8.2' }],
  standIns: [],
};
const params = { imageId: 'base' };
const artifactParams = { imageId: 'base', number: 1, digest };
const bytes = (text: string) => Readable.from([Buffer.from(text)]);
const log = createLog({ name: 'test', level: 'silent' });

let directory: string;
let service: ImageService;
let server: HttpServer;
let clients: Record<string, ImageClient>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trencadis-images-'));
  const files = new ArtifactFiles(directory);
  service = await ImageService.open({ store: createMemoryCatalogStore(), files, clock: systemClock, log });
  server = await createHttpServer({ log, title: 'images', version: '1' });
  const handlers = imageHandlers<ImageCaller>({
    service,
    callerOf: (caller) => caller,
    importImages: async () => ({ taken: [], left: [] }),
  });
  const authenticate = async (token: string) => {
    const caller = callers[token];
    if (caller === undefined) throw new PlatformError('unauthenticated', 'Who is that?');
    return caller;
  };
  registerRoutes(server, imageApi, handlers, { authenticate });
  const baseUrl = await listen(server, { host: '127.0.0.1', port: 0 });
  clients = Object.fromEntries(
    Object.keys(callers).map((token) => [token, createImageClient({ baseUrl, token })]),
  );
});
afterEach(async () => {
  for (const client of Object.values(clients)) await client[Symbol.asyncDispose]();
  await server.close();
  await service[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const as = (name: string): ImageClient => clients[name]!;

/** An image of ana's, one version whose bytes are awaited. */
async function createAwaited(acl: Partial<Record<ImageOperation, Audience>> = {}): Promise<void> {
  await as('admin').createImage({ body: { id: 'base', name: 'Base', group: 'lab', acl } });
  await as('admin').addImageVersion({
    params,
    body: { metadata, artifacts: [{ vmm: 'local', location: '', digest }] },
  });
}

async function codeOf(answer: Promise<unknown>): Promise<string> {
  return answer.then(
    () => 'done',
    (error: unknown) => (error instanceof PlatformError ? error.code : String(error)),
  );
}

/** One call for each operation that the access list knows, in an order that leaves the image there until last. */
const operations: Readonly<Record<ImageOperation, (client: ImageClient) => Promise<unknown>>> = {
  list: (client) => client.showImage({ params }),
  search: async (client) => {
    const { matches } = await client.searchImages({ body: { query: 'disk.os.name = linux' } });
    if (matches.length === 0) throw new PlatformError('not-found', 'It is not found.');
  },
  upload: (client) => client.showImageUpload({ params: artifactParams }),
  download: (client) =>
    client.downloadImage({ params: artifactParams }).then(({ bytes: all }) => Readable.from(all).toArray()),
  update: (client) => client.updateImage({ params, body: { description: 'changed' } }),
  delete: (client) =>
    client.changeImageState({ params: { ...params, number: 1 }, body: { state: 'deleted' } }),
};
const names = Object.keys(operations) as ImageOperation[];

describe.each(names)('who may %s', (operation) => {
  beforeEach(async () => {
    await createAwaited();
    const client = as('admin');
    await client.uploadImage({ params: artifactParams, query: { offset: 0 }, bytes: bytes(content) });
    await client.completeImageUpload({ params: artifactParams });
  });

  it.each([
    ['owner', 'member', false],
    ['owner', 'other', false],
    ['group', 'member', true],
    ['group', 'other', false],
    ['all', 'other', true],
    ['none', 'member', false],
    ['none', 'admin', true],
  ] as const)('%s: %s is answered %s', async (audience, who, isAllowed) => {
    await as('admin').updateImage({ params, body: { acl: { [operation]: audience } } });
    const code = await codeOf(operations[operation](as(who)));
    expect(isAllowed ? ['done'] : ['forbidden', 'not-found']).toContain(code);
  });

  it('does not let one who may do nothing know that it exists', async () => {
    expect(await codeOf(operations[operation](as('other')))).toBe('not-found');
  });
});

it('holds every route that names an image to its access list', async () => {
  await createAwaited();
  const number = { ...params, number: 1 };
  const client = as('other');
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    showImage: () => client.showImage({ params }),
    updateImage: () => client.updateImage({ params, body: {} }),
    auditImage: () => client.auditImage({ params }),
    addImageVersion: () => client.addImageVersion({ params, body: { metadata, artifacts: [] } }),
    addImageArtifact: () =>
      client.addImageArtifact({ params: number, body: { vmm: 'ec2', nativeId: 'a', location: '', digest } }),
    changeImageState: () => client.changeImageState({ params: number, body: { state: 'revoked' } }),
    setImageChannel: () =>
      client.setImageChannel({ params: { ...params, channel: 'x' }, body: { version: 1 } }),
    showImageUpload: () => client.showImageUpload({ params: artifactParams }),
    uploadImage: () =>
      client.uploadImage({ params: artifactParams, query: { offset: 0 }, bytes: bytes(content) }),
    completeImageUpload: () => client.completeImageUpload({ params: artifactParams }),
    downloadImage: () => client.downloadImage({ params: artifactParams }),
    deleteImage: () => client.deleteImage({ params }),
  };
  const withImage = Object.entries(imageApi).filter(([, route]) => 'params' in route);
  expect(Object.keys(calls).toSorted()).toEqual(withImage.map(([name]) => name).toSorted());
  for (const [name, call] of Object.entries(calls))
    expect([name, await codeOf(call())]).toEqual([name, 'not-found']);
  expect((await client.listImages({ query: {} })).images).toEqual([]);
  expect((await service.get(callers['admin']!, brandId('VmiId', 'base'))).versions).toHaveLength(1);
});

describe('what a user may not slip in', () => {
  it('is a path of our hosts, to boot from or to read', async () => {
    await as('ana').createImage({ body: { id: 'mine', name: 'Mine' } });
    for (const path of ['/etc', '..', 'a/b', 'file:///etc', join(directory, 'blobs', digest)]) {
      const artifacts = [{ vmm: 'local', location: path, nativeId: path, digest }];
      const add = as('ana').addImageVersion({ params: { imageId: 'mine' }, body: { metadata, artifacts } });
      expect(await codeOf(add)).toBe('forbidden');
    }
  });

  it('is a source for the server to read', async () => {
    const takes = (body: { importer: string; source: string; scope?: 'platform' }) =>
      codeOf(as('ana').importImages({ body }));
    expect(await takes({ importer: 'ovf', source: '/root' })).toBe('forbidden');
    expect(await takes({ importer: 'cloud', source: 'a', scope: 'platform' })).toBe('forbidden');
    expect(await takes({ importer: 'cloud', source: 'a' })).toBe('done');
  });

  it('is a group that they are not in, or an id that leads elsewhere', async () => {
    const makes = (body: { id: string; group?: string }) =>
      codeOf(as('ana').createImage({ body: { name: 'M', ...body } }));
    expect(await makes({ id: 'mine', group: 'lab' })).toBe('forbidden');
    expect(await makes({ id: '../x' })).toBe('invalid-argument');
  });
});

describe('an upload', () => {
  const upload = (offset: number, text: string) =>
    as('admin').uploadImage({ params: artifactParams, query: { offset }, bytes: bytes(text) });
  const stateNow = async () => (await as('admin').showImage({ params })).versions[0]?.state;
  beforeEach(() => createAwaited());

  it('goes on where it was cut off, after a restart too, and makes the version active once verified', async () => {
    expect(await stateNow()).toBe('queued');
    expect(await upload(0, content.slice(0, 7))).toEqual({ offset: 7, state: 'uploading' });
    expect(await codeOf(upload(3, content.slice(3)))).toBe('conflict');
    expect(await new ArtifactFiles(directory).offsetOf({ imageId: 'base', number: 1, digest })).toBe(7);
    expect(await as('admin').showImageUpload({ params: artifactParams })).toMatchObject({ offset: 7 });
    await upload(7, content.slice(7));
    expect(await stateNow()).toBe('uploading');
    const version = await as('admin').completeImageUpload({ params: artifactParams });
    expect(version).toMatchObject({ state: 'active', artifacts: [{ digest }] });
    expect(await as('admin').completeImageUpload({ params: artifactParams })).toMatchObject({
      state: 'active',
    });
  });

  it('of other bytes is thrown away', async () => {
    await upload(0, 'other bytes');
    expect(await codeOf(as('admin').completeImageUpload({ params: artifactParams }))).toBe(
      'invalid-argument',
    );
    expect(await stateNow()).toBe('uploading');
    expect(await as('admin').showImageUpload({ params: artifactParams })).toMatchObject({ offset: 0 });
  });

  it('is downloaded whole or in part', async () => {
    await upload(0, content);
    await as('admin').completeImageUpload({ params: artifactParams });
    const read = async (range?: { start: number; end: number }) => {
      const { bytes: all } = await as('admin').downloadImage({
        params: artifactParams,
        ...(range ? { range } : {}),
      });
      return Buffer.concat(await Readable.from(all).toArray()).toString();
    };
    expect(await read()).toBe(content);
    expect(await read({ start: 4, end: 8 })).toBe('bytes');
  });

  it('that never came cannot be downloaded', async () => {
    expect(await codeOf(as('admin').downloadImage({ params: artifactParams }))).toBe('not-found');
  });
});

describe('channels and states', () => {
  const version = async (bytesOf: string) => {
    const artifacts = [{ vmm: 'ec2', nativeId: bytesOf, location: '', digest: sha256OfText(bytesOf) }];
    return as('ana').addImageVersion({ params: { imageId: 'mine' }, body: { metadata, artifacts } });
  };
  const found = async (channel?: string) => {
    const body = { query: 'disk.os.name = linux', ...(channel === undefined ? {} : { channel }) };
    return (await as('ana').searchImages({ body })).matches.map((match) => match.version);
  };
  const setState = (number: number, state: 'deprecated' | 'revoked', at?: string) =>
    as('ana').changeImageState({
      params: { imageId: 'mine', number },
      body: { state, ...(at === undefined ? {} : { at }) },
    });
  const setChannel = (channel: string, number: number | null) =>
    as('ana').setImageChannel({ params: { imageId: 'mine', channel }, body: { version: number } });

  beforeEach(async () => {
    await as('ana').createImage({ body: { id: 'mine', name: 'Mine' } });
    await version('one');
    await version('two');
  });

  it('decide which version is found', async () => {
    expect(await found()).toEqual([2]);
    await setChannel('stable', 1);
    await setChannel('test', 2);
    expect([await found(), await found('test')]).toEqual([[1], [2]]);
    await setChannel('stable', null);
    expect(await found()).toEqual([2]);
    await setState(2, 'deprecated');
    expect([await found(), await found('test')]).toEqual([[1], []]);
    await setState(1, 'revoked');
    expect(await found()).toEqual([]);
    expect(await codeOf(setState(1, 'deprecated'))).toBe('conflict');
    expect(await codeOf(setChannel('stable', 1))).toBe('conflict');
  });

  it('let a pinned version be booted until it is revoked', async () => {
    const pinned = () => service.withArtifact(callers['ana']!, sha256OfText('one'));
    await setState(1, 'deprecated');
    expect((await pinned()).map(({ versionNumber }) => versionNumber)).toEqual([1]);
    await setState(1, 'revoked');
    expect(await pinned()).toEqual([]);
  });

  it('change by their dates without anybody asking', async () => {
    await setState(2, 'revoked', new Date(Date.now() + 50).toISOString());
    expect(await found()).toEqual([2]);
    await expect.poll(() => found(), { timeout: 5000 }).toEqual([1]);
  });
});

it('answers a query in any of its languages, and says why nothing matches', async () => {
  await as('ana').createImage({ body: { id: 'mine', name: 'Mine' } });
  await as('ana').addImageVersion({ params: { imageId: 'mine' }, body: { metadata, artifacts: [] } });
  const search = (query: string, dialect: 'vmrc' | 'vmrc-strict' | 'radl') =>
    as('ana').searchImages({ body: { query, dialect } });
  expect((await search('disk.os.flavour = debian', 'vmrc')).matches).toHaveLength(1);
  expect((await search("system x ( disk.0.os.flavour = 'debian' )", 'radl')).matches).toHaveLength(1);
  const { explanation, nearMisses } = await search('disk.applications contains (name = maven)', 'vmrc');
  expect(explanation).toContain("the nearest is 'Mine', it lacks maven");
  expect(nearMisses[0]?.failed).toEqual([{ requirement: 'maven', holds: false, because: 'it has no maven' }]);
  await expect(search('nonsense', 'vmrc')).rejects.toThrow('line 1');
});

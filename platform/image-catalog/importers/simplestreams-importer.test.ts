import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sha256OfText } from '@trencadis/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allOf } from '../testing/all-of.ts';
import { type SimplestreamsOptions, createSimplestreamsImporter } from './simplestreams-importer.ts';

const sha256 = 'a'.repeat(64);
const jammy = 'com.ubuntu.cloud:server:22.04:amd64';

const downloads = {
  format: 'products:1.0',
  datatype: 'image-downloads',
  content_id: 'com.ubuntu.cloud:released:download',
  products: {
    [jammy]: {
      arch: 'amd64',
      os: 'ubuntu',
      release: 'jammy',
      release_title: '22.04 LTS',
      version: '22.04',
      support_eol: '2027-06-01',
      supported: true,
      versions: {
        '20240301': {
          items: { 'disk1.img': { ftype: 'disk1.img', path: 'server/2/disk1.img', sha256, size: 1 } },
        },
        '20240101': {
          label: 'release',
          items: {
            'disk1.img': { ftype: 'disk1.img', path: 'server/1/disk1.img', sha256, size: 1 },
            manifest: { ftype: 'manifest', path: 'server/1/manifest', size: 1 },
          },
        },
        '20240401': { items: { manifest: { ftype: 'manifest', path: 'server/3/manifest' } } },
      },
    },
  },
};

const ids = {
  format: 'products:1.0',
  datatype: 'image-ids',
  content_id: 'com.ubuntu.cloud:released:aws',
  aliases: {
    crsn: { 'us-east-1': { region: 'us-east-1', endpoint: 'https://ec2.us-east-1.amazonaws.com' } },
  },
  products: {
    [jammy]: {
      arch: 'amd64',
      os: 'ubuntu',
      version: '22.04',
      versions: { '20240301': { items: { usee1: { crsn: 'us-east-1', id: 'ami-0abc', virt: 'hvm' } } } },
    },
  },
};

const index = {
  format: 'index:1.0',
  index: {
    download: { datatype: 'image-downloads', path: 'streams/v1/download.json', format: 'products:1.0' },
    aws: { datatype: 'image-ids', path: 'streams/v1/aws.json', format: 'products:1.0', cloudname: 'aws' },
    other: { datatype: 'content-download', path: 'streams/v1/absent.json', format: 'products:2.0' },
  },
};

describe('the importer of simplestreams', () => {
  let directory: string;
  let server: Server | undefined;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trencadis-streams-'));
    await write('streams/v1/index.json', index);
    await write('streams/v1/download.json', downloads);
    await write('streams/v1/aws.json', ids);
  });
  afterEach(async () => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
    await rm(directory, { recursive: true });
  });

  async function write(path: string, content: unknown): Promise<void> {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  }

  const read = (
    source = directory,
    options: SimplestreamsOptions = {},
    signal = new AbortController().signal,
  ) => allOf(createSimplestreamsImporter(options).read(source, signal));

  async function serve(answer: Parameters<typeof createServer>[1]): Promise<string> {
    server = createServer(answer);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
  }

  it('gives the latest version that has an image, its artifacts gathered from all files', async () => {
    expect(await read()).toEqual([
      {
        id: 'com-ubuntu-cloud-server-22-04-amd64',
        name: jammy,
        description: 'ubuntu 22.04 LTS for x86_64, version 20240301.',
        labels: { release: 'jammy', supported: 'true', support_eol: '2027-06-01' },
        metadata: {
          architecture: 'x86_64',
          operatingSystem: { name: 'linux', flavour: 'ubuntu', version: '22.04' },
          applications: [],
          standIns: [],
        },
        artifacts: [
          {
            vmm: 'libvirt',
            location: join(directory, 'server/2/disk1.img'),
            digest: sha256,
            format: 'qcow2',
          },
          {
            vmm: 'ec2',
            endpoint: 'us-east-1',
            nativeId: 'ami-0abc',
            location: 'ec2://us-east-1/ami-0abc',
            digest: sha256OfText('ec2 us-east-1 ami-0abc'),
            hypervisor: 'hvm',
          },
        ],
        sourceVersion: '20240301',
        warnings: [],
      },
    ]);
  });

  it('gives all versions, the oldest first, when asked to', async () => {
    const images = await read(join(directory, 'streams/v1/index.json'), { allVersions: true });
    expect(images.map(({ sourceVersion }) => sourceVersion)).toEqual(['20240101', '20240301']);
    expect(images[0]?.labels).toMatchObject({ label: 'release' });
  });

  it('reads a signed index, and says that the signature was not verified', async () => {
    const signed = `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${JSON.stringify(index)}\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n`;
    await rm(join(directory, 'streams/v1/index.json'));
    await write('streams/v1/index.sjson', signed);
    const [image] = await read();
    expect(image?.warnings).toEqual([
      `the signature of ${join(directory, 'streams/v1/index.sjson')} was not verified`,
    ]);
  });

  it('reads over HTTP', async () => {
    const files: Record<string, unknown> = {
      'index.json': index,
      'download.json': downloads,
      'aws.json': ids,
    };
    const url = await serve((request, response) => {
      const file = files[request.url?.split('/').at(-1) ?? ''];
      response.writeHead(file === undefined ? 404 : 200).end(JSON.stringify(file));
    });
    const [image] = await read(url);
    expect(image?.artifacts[0]?.location).toBe(`${url}server/2/disk1.img`);
    expect(await read(`${url}streams/v1/index.json`)).toEqual([image]);
  });

  it.each([
    [
      'too large an answer',
      'invalid-argument',
      (body: NodeJS.WritableStream) => void body.end('x'.repeat(5e6)),
    ],
    ['no JSON', 'invalid-argument', (body: NodeJS.WritableStream) => void body.end('{')],
  ])('refuses %s', async (_what, code, send) => {
    const url = await serve((_request, response) => send(response));
    await expect(read(url)).rejects.toMatchObject({ code, subject: `${url}streams/v1/index.json` });
  });

  it.each([
    [404, 'not-found'],
    [302, 'unavailable'],
    [503, 'unavailable'],
  ])('takes status %s as %s', async (status, code) => {
    const url = await serve((_request, response) => response.writeHead(status, { location: '/' }).end());
    await expect(read(url)).rejects.toMatchObject({ code });
  });

  it('stops when it is aborted', async () => {
    const stop = new AbortController();
    const url = await serve(() => stop.abort(new Error('enough')));
    await expect(read(url, {}, stop.signal)).rejects.toThrow('enough');
  });

  const withItem = (item: unknown) => ({
    ...downloads,
    products: { [jammy]: { versions: { '1': { items: { disk: item } } } } },
  });

  it.each([
    ['no digest', 'download', withItem({ ftype: 'disk1.img', path: 'a' }), 'disk > sha256: must match'],
    [
      'a path that leads out',
      'download',
      withItem({ ftype: 'disk1.img', path: '../../etc/passwd', sha256 }),
      `products > ${jammy} > versions > 1 > items > disk > path: must be a relative path`,
    ],
    ['another format', 'download', { ...downloads, format: 'products:2.0' }, 'format:'],
    ['no versions', 'download', { ...downloads, products: { p: {} } }, 'products > p > versions:'],
    [
      'a native image without id',
      'aws',
      { ...ids, products: { p: { versions: { '1': { items: { i: {} } } } } } },
      'items > i > id: is missing',
    ],
    ['a list', 'index', [], 'the whole file:'],
    [
      'an index that leads out',
      'index',
      { ...index, index: { x: { path: 'http://h/x.json' } } },
      'index > x > path: must be a relative path',
    ],
    [
      'too many files',
      'index',
      { ...index, index: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [i, { path: 'a' }])) },
      'lists more than 64 files',
    ],
  ])('refuses %s, naming the place', async (_what, name, content, place) => {
    const path = `streams/v1/${name}.json`;
    await write(path, content);
    await expect(read()).rejects.toMatchObject({
      code: 'invalid-argument',
      subject: join(directory, path),
      message: expect.stringContaining(place),
    });
  });

  it('names a directory that has no streams', async () => {
    await expect(read(join(directory, 'streams'))).rejects.toMatchObject({ code: 'not-found' });
  });
});

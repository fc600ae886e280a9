import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { sha256OfText } from '@trencadis/ids';
import {
  ArtifactFiles,
  type ImageCaller,
  ImageService,
  createMemoryCatalogStore,
} from '@trencadis/image-catalog';
import { createLog } from '@trencadis/log';
import type { BootableImage, ImageFilter } from '@trencadis/vmm';
import { createMemoryVmm } from '@trencadis/vmm-memory';
import type { VmmSites } from '@trencadis/vmm-sites';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageImport } from './image-import.ts';

const signal = AbortSignal.timeout(60_000);
const ana: ImageCaller = { user: 'ana', groups: [], isAdmin: false };
const eva = { user: 'eva', groups: ['ward'], isAdmin: false };
const admin = { user: 'operator', groups: [], isAdmin: true };

const os = { name: 'linux', flavour: 'Debian', version: '12' };
const bootable: readonly BootableImage[] = [
  {
    name: 'debian-12',
    location: 'id-1',
    digest: sha256OfText('1'),
    architecture: 'arm64',
    operatingSystem: os,
  },
  { name: 'mystery', location: 'id-2', digest: sha256OfText('2'), minDiskGiB: 4 },
];

/** Ana's, shared with Eva's group, and one of the platform. */
function sitesOf(filters: ImageFilter[]): Pick<VmmSites, 'get' | 'open'> {
  const memory = createMemoryVmm({ clock: systemClock });
  const listBootable = async (filter: ImageFilter) => {
    filters.push(filter);
    return bootable;
  };
  const driver = {
    ...memory,
    capabilities: { ...memory.capabilities, product: 'openstack' },
    images: { ...memory.images, listBootable },
  };
  return {
    get: async (_user, name) => {
      const owner = { lab: 'ana', big: 'platform' }[name];
      if (owner === undefined) throw new PlatformError('not-found', 'There is none.');
      const key = owner === 'ana' ? 'ana~lab' : 'big';
      return { key, name, owner, product: 'openstack', createdAt: new Date(0) };
    },
    open: async () => driver,
  };
}

describe('importing the images of a cloud', () => {
  let directory: string;
  let service: ImageService;
  let filters: ImageFilter[];
  const take = (caller: ImageCaller, more: object = {}, source = 'lab') => {
    const importing = imageImport({ service, imagesDirectory: directory, sites: sitesOf(filters) });
    return importing(caller, { importer: 'cloud', source, isForAll: false, ...more }, signal);
  };
  const found = (caller: ImageCaller, places = ['ana~lab']) => {
    const there = { kind: 'attribute', key: 'vmm', operator: '=', value: 'openstack', places } as const;
    return service.match(caller, { hard: [there], soft: [] }).ranked.map(({ vmi }) => vmi);
  };
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trencadis-cloud-images-'));
    filters = [];
    service = await ImageService.open({
      store: createMemoryCatalogStore(),
      files: new ArtifactFiles(join(directory, 'files')),
      clock: systemClock,
      log: createLog({ name: 'test', level: 'silent' }),
    });
  });
  afterEach(async () => {
    await service[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });

  it('takes what is described, for its importer and that cloud only, and leaves the rest', async () => {
    const { taken, left } = await take(ana, { pattern: 'deb*' });
    expect(filters).toEqual([{ pattern: 'deb*' }]);
    expect(taken).toMatchObject([{ name: 'debian-12', warnings: [] }]);
    expect(left).toEqual([{ name: 'mystery', because: expect.stringMatching(/os_distro.*--os 'linux/) }]);
    expect(found(ana)).toMatchObject([
      {
        name: 'debian-12',
        architecture: 'arm64',
        operatingSystem: os,
        labels: { cloud: 'ana~lab' },
        artifacts: [
          {
            vmm: 'openstack',
            endpoint: 'ana~lab',
            nativeId: 'id-1',
            location: 'ost://ana~lab/id-1',
            digest: sha256OfText('1'),
          },
        ],
      },
    ]);
    expect([found(eva), found(ana, ['eva~lab'])]).toEqual([[], []]);
  });

  it('again changes nothing', async () => {
    const first = await take(ana);
    expect((await take(ana)).taken).toEqual(first.taken);
  });

  it('describes the others as it is told to, and says what it takes for granted', async () => {
    const other = { ...os, version: '11' };
    const { taken, left } = await take(ana, { operatingSystem: other });
    expect(left).toEqual([]);
    expect(taken[1]).toMatchObject({ name: 'mystery', warnings: [expect.stringContaining('x86_64')] });
    const versions = found(ana).map(({ name, operatingSystem: { version } }) => [name, version]);
    expect(versions).toEqual([
      ['debian-12', '12'],
      ['mystery', '11'],
    ]);
  });

  it('is for everybody where an administrator does it so', async () => {
    await take(admin, { isForAll: true }, 'big');
    expect(found(eva, ['big'])).toHaveLength(1);
  });

  it('is its keeper’s alone: images there may be made of others’ machines', async () => {
    await expect(take(eva)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(take(ana, {}, 'big')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(take(ana, {}, 'gone')).rejects.toMatchObject({ code: 'not-found' });
  });
});

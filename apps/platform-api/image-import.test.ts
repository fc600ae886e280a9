import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '@trencadis/clock';
import {
  ArtifactFiles,
  ImageService,
  type Vmi,
  createMemoryCatalogStore,
  exportSimplestreams,
} from '@trencadis/image-catalog';
import { brandId, sha256OfText } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageImport } from './image-import.ts';

const admin = { user: 'operator', groups: [], isAdmin: true };
const guest = { user: 'guest', groups: [], isAdmin: false };
const signal = new AbortController().signal;

const vmi: Vmi = {
  id: brandId('VmiId', 'debian-12'),
  name: 'Debian 12',
  description: '',
  architecture: 'x86_64',
  operatingSystem: { name: 'linux', flavour: 'Debian', version: '12' },
  applications: [],
  standIns: [],
  artifacts: [{ vmm: 'libvirt', location: '', format: 'qcow2', digest: sha256OfText('disk') }],
};

describe('imageImport', () => {
  let directory: string;
  let service: ImageService;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trencadis-import-'));
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

  const importing = () => imageImport({ service, imagesDirectory: join(directory, 'builds') });
  const found = (caller: typeof admin) =>
    service.match(caller, { hard: [], soft: [] }).ranked.map(({ vmi: { id } }) => id);

  it('takes up our own images for everybody, and taking them up again changes nothing', async () => {
    const take = importing();
    const { taken } = await take(admin, undefined, signal);
    expect(taken).toHaveLength(8);
    expect(found(guest)).toHaveLength(8);
    const again = await take(admin, undefined, signal);
    expect(again.taken.map(({ version }) => version)).toEqual(taken.map(({ version }) => version));
  });

  it('takes up what an importer reads, for who asked only', async () => {
    for (const { path, text } of exportSimplestreams([vmi], { pathOf: () => 'disks/1.qcow2' })) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
    const take = importing();
    const order = { importer: 'simplestreams', source: directory, isForAll: false };
    const { taken } = await take(admin, order, signal);
    expect(taken[0]).toMatchObject({
      name: 'debian-12',
      warnings: [],
      version: { number: 1, state: 'active' },
    });
    expect([found(admin), found(guest)]).toEqual([['debian-12'], []]);
    const { image: kept } = await service.get(admin, vmi.id);
    expect(kept.labels).toMatchObject({ sourceVersion: '00000001' });
  });

  it('names the importers that there are', async () => {
    const take = importing();
    await expect(
      take(admin, { importer: 'glance', source: '', isForAll: false }, signal),
    ).rejects.toMatchObject({
      code: 'unsupported',
      message: "There is no importer 'glance'; there are simplestreams, ovf, cloud.",
    });
  });
});

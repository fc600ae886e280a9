import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sha256OfText } from '@trencadis/ids';
import { expect, it } from 'vitest';
import type { Vmi } from '../model.ts';
import { allOf } from '../testing/all-of.ts';
import { paperVmi } from '../testing/table-1.ts';
import { exportSimplestreams } from './export-simplestreams.ts';
import { createSimplestreamsImporter } from './simplestreams-importer.ts';

it('publishes what the importer reads back, version by version', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'trencadis-export-'));
  const qcow2 = (text: string) => ({
    vmm: 'libvirt',
    location: '/x',
    digest: sha256OfText(text),
    format: 'qcow2',
  });
  const ami = {
    vmm: 'ec2',
    endpoint: 'us-east-1',
    nativeId: 'ami-1',
    location: 'ec2://us-east-1/ami-1',
    digest: sha256OfText('ec2 us-east-1 ami-1'),
  };
  const version = (versionNumber: number, ...artifacts: Vmi['artifacts']): Vmi => ({
    ...paperVmi('base', 'Base', []),
    versionNumber,
    artifacts,
  });
  const rootfs = { vmm: 'local', location: '/y', digest: sha256OfText('y'), format: 'rootfs' };
  const vmis = [version(2, qcow2('2'), ami), version(10, qcow2('10')), version(11, rootfs)];
  try {
    for (const { path, text } of exportSimplestreams(vmis, { pathOf: ({ digest }) => `disks/${digest}` })) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
    const importer = createSimplestreamsImporter({ allVersions: true });
    const images = await allOf(importer.read(directory, new AbortController().signal));
    const at = (text: string) => ({ location: join(directory, 'disks', sha256OfText(text)) });
    expect(images.map(({ sourceVersion, artifacts }) => [Number(sourceVersion), artifacts])).toEqual([
      [2, [{ ...qcow2('2'), ...at('2') }, ami]],
      [10, [{ ...qcow2('10'), ...at('10') }]],
    ]);
    const { architecture, operatingSystem } = paperVmi('base', 'Base', []);
    expect(images[0]).toMatchObject({ id: 'base', metadata: { architecture, operatingSystem } });
  } finally {
    await rm(directory, { recursive: true });
  }
});

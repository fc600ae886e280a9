import { join } from 'node:path';
import { brandId } from '@trencadis/ids';
import { expect, it } from 'vitest';
import { printRecord, readBuiltImage } from './built-image.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const record = {
  id: brandId('VmiId', 'base'),
  cacheKey: brandId('Sha256', 'a'.repeat(64)),
  digest: brandId('Sha256', 'b'.repeat(64)),
  sizeBytes: 12,
  builtAt: '2026-01-01T00:00:00.000Z',
  packages: [{ name: 'sudo', version: '1.9' }],
};

it('reads back what it printed', async () => {
  const folder = await temporaryFolder({ 'image.json': printRecord(record) });
  expect(await readBuiltImage(folder)).toEqual({ ...record, rootfs: join(folder, 'rootfs') });
});

it('finds no image where there is no record', async () => {
  expect(await readBuiltImage(join(await temporaryFolder(), 'base'))).toBeUndefined();
});

it('names a damaged record and the remedy', async () => {
  const folder = await temporaryFolder({ 'image.json': '{"id":"base"' });
  await expect(readBuiltImage(folder)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(`remove ${folder} and build the image again`),
  });
});

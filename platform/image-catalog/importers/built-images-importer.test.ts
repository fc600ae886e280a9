import { fileURLToPath } from 'node:url';
import { brandId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { allOf } from '../testing/all-of.ts';
import { createBuiltImagesImporter } from './built-images-importer.ts';

const entriesDirectory = fileURLToPath(new URL('../../../images', import.meta.url));
const digest = brandId('Sha256', '1'.repeat(64));
const signal = new AbortController().signal;

describe('the importer of our own images', () => {
  it("gives the paper's Table 1, with an artifact for what is built", async () => {
    const importer = createBuiltImagesImporter({
      entriesDirectory,
      findBuilt: async (id, directory) =>
        id === 'postgresql'
          ? [{ vmm: 'local', format: 'rootfs', location: `${directory}/${id}/rootfs`, digest }]
          : [],
    });
    const images = await allOf(importer.read('/builds', signal));
    expect(images).toHaveLength(8);
    expect(images.filter(({ artifacts }) => artifacts.length > 0)).toEqual([
      expect.objectContaining({
        id: 'postgresql',
        name: 'PostgreSQL',
        artifacts: [{ vmm: 'local', format: 'rootfs', location: '/builds/postgresql/rootfs', digest }],
        metadata: expect.objectContaining({
          architecture: 'x86_64',
          applications: expect.arrayContaining([{ name: 'PostgreSQL', version: '15' }]),
        }),
      }),
    ]);
  });

  it('stops when it is aborted', async () => {
    const importer = createBuiltImagesImporter({ entriesDirectory, findBuilt: async () => [] });
    const reading = allOf(importer.read('/builds', AbortSignal.abort(new Error('enough'))));
    await expect(reading).rejects.toThrow('enough');
  });
});

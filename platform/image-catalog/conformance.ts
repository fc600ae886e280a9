import { brandId } from '@trencadis/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Vmi } from './model.ts';
import type { ImageStore } from './store.ts';

export interface ImageStoreHarness extends AsyncDisposable {
  /** Empty. */
  readonly store: ImageStore;
}

/** What every {@link ImageStore} must do. */
export function describeImageStore(name: string, makeHarness: () => Promise<ImageStoreHarness>): void {
  describe(`image store: ${name}`, () => {
    let harness: ImageStoreHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(() => harness[Symbol.asyncDispose]());

    it('gives back all that was put, the optional parts too', async () => {
      const vmi = exampleVmi('full');
      await harness.store.put(vmi);
      expect(await harness.store.find(vmi.id)).toEqual(vmi);
    });

    it('is empty at first, and finds nothing by an unknown id', async () => {
      expect(await harness.store.list()).toEqual([]);
      expect(await harness.store.find(brandId('VmiId', 'unknown'))).toBeUndefined();
    });

    it('lists by id, whatever the order of putting', async () => {
      for (const id of ['b-2', 'c', 'a', 'b10', 'b-10']) await harness.store.put(exampleVmi(id));
      const ids = (await harness.store.list()).map((vmi) => vmi.id);
      expect(ids).toEqual(['a', 'b-10', 'b-2', 'b10', 'c']);
    });

    it('replaces the image with the same id', async () => {
      await harness.store.put(exampleVmi('one'));
      const changed = { ...exampleVmi('one'), description: 'built again', artifacts: [] };
      await harness.store.put(changed);
      expect(await harness.store.list()).toEqual([changed]);
    });

    it('keeps one whole image of several put at once', async () => {
      const candidates = Array.from({ length: 5 }, (_, index) => ({
        ...exampleVmi('one'),
        name: `name ${index}`,
        description: `description ${index}`,
      }));
      await Promise.all(candidates.map((vmi) => harness.store.put(vmi)));
      const listed = await harness.store.list();
      expect(listed).toHaveLength(1);
      expect(candidates).toContainEqual(listed[0]);
    });

    it('removes, and removing what is absent succeeds', async () => {
      await harness.store.put(exampleVmi('one'));
      await harness.store.put(exampleVmi('two'));
      await harness.store.remove(brandId('VmiId', 'one'));
      await harness.store.remove(brandId('VmiId', 'one'));
      expect((await harness.store.list()).map((vmi) => vmi.id)).toEqual(['two']);
    });

    it('is not changed through what was put or got', async () => {
      const applications = [{ name: 'ant' }];
      const vmi = { ...exampleVmi('one'), applications };
      await harness.store.put(vmi);
      applications.push({ name: 'globus' });
      const got = (await harness.store.list())[0]!;
      (got.applications as { name: string }[]).push({ name: 'jdk' });
      expect((await harness.store.find(vmi.id))?.applications).toEqual([{ name: 'ant' }]);
    });
  });
}

function exampleVmi(id: string): Vmi {
  return {
    id: brandId('VmiId', id),
    name: `Image ${id} 'quoted' \u00e9`,
    description: 'For a test.',
    architecture: 'x86_64',
    operatingSystem: { name: 'linux', flavour: 'Debian', version: '12' },
    applications: [{ name: 'ant', version: '1.8.2', path: '/opt/ant' }, { name: 'globus' }],
    standIns: [
      { for: { kind: 'application', application: { name: 'jdk', version: '1.6.0_35' } }, by: 'Node' },
      {
        for: {
          kind: 'os',
          operatingSystem: { name: 'linux', flavour: 'Scientific Linux', version: '5.7' },
        },
        by: 'Debian 12',
      },
    ],
    artifacts: [
      { vmm: 'local', location: '/images/one', digest: brandId('Sha256', 'a'.repeat(64)) },
      { vmm: 'libvirt', location: 'pool/one.qcow2', digest: brandId('Sha256', 'b'.repeat(64)) },
    ],
  };
}

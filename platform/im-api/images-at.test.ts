import { systemClock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { sha256OfText } from '@trencadis/ids';
import type { ImageFilter as BootableFilter } from '@trencadis/vmm';
import { createMemoryVmm } from '@trencadis/vmm-memory';
import { describe, expect, it } from 'vitest';
import { type ImageFilter, imagesAt } from './images-at.ts';

const digest = sha256OfText('image');
const images = { match: () => ({ ranked: [], nearMisses: [] }) };
const signal = AbortSignal.timeout(10_000);

function listed(isOwn: boolean, filters: readonly ImageFilter[] = []) {
  const memory = createMemoryVmm({ clock: systemClock });
  const listBootable = async ({ pattern }: BootableFilter) => {
    if (pattern === '*all*') throw new PlatformError('invalid-argument', 'Too many.');
    return [
      { name: 'Debian 12', location: '1f2e', digest },
      { name: 'Ubuntu', location: '3a4b', digest },
    ];
  };
  const driver = {
    ...memory,
    capabilities: { ...memory.capabilities, product: 'openstack' },
    images: { ...memory.images, listBootable },
  };
  const offer = { key: 'ana~lab', name: 'lab', driver, places: ['ana~lab', 'keystone.example.org'], isOwn };
  return imagesAt(offer, { images, owner: 'ana', filters, signal });
}

describe('the images at a cloud', () => {
  it('are at an own one those that it offers, as IM names them', async () => {
    const debian = { uri: 'ost://keystone.example.org/1f2e', name: 'Debian 12' };
    expect(await listed(true)).toEqual([debian, { uri: 'ost://keystone.example.org/3a4b', name: 'Ubuntu' }]);
    expect(await listed(true, [['name', 'deb']])).toEqual([debian]);
  });

  it('are at another’s only those of the catalog', async () => {
    expect(await listed(false)).toEqual([]);
  });

  it('that are too many are asked for by name', async () => {
    await expect(listed(true, [['name', 'all']])).rejects.toThrow('Too many. Send filters=name=TEXT.');
  });
});

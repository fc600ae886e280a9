import { brandId } from '@trencadis/ids';
import { generateSshKeyPair } from '@trencadis/ssh-keys';
import { expect, it } from 'vitest';
import { deviceOf, serialOf } from './disk-serial.ts';
import { seedFiles } from './seed.ts';
import { parseDiskVolume, parseImageVolume, volumeNames } from './volume-names.ts';

const spec = {
  name: brandId('VmName', 'one'),
  hostName: 'one.example',
  login: { user: 'root', authorizedKey: 'ssh-ed25519 AAAA me' },
};
const seed = {
  spec,
  hostKey: generateSshKeyPair('x'),
  instanceId: 'one-1',
  macs: ['52:54:0a:00:00:02'],
  isOfVm: false,
};

it('the seed has a first boot of its own, and forgets another VM only where there was one', () => {
  const files = seedFiles(seed);
  expect(Object.keys(files)).toEqual(['user-data', 'meta-data', 'network-config']);
  expect(JSON.parse(files['meta-data'] ?? '')).toEqual({
    'instance-id': 'one-1',
    'local-hostname': 'one.example',
  });
  expect(JSON.parse(files['network-config'] ?? '').ethernets.trencadis0.match).toEqual({
    macaddress: '52:54:0a:00:00:02',
  });
  expect(seedFiles({ ...seed, isOfVm: true })['vendor-data']).toContain('authorized_keys');
});

it('volumes hold facts in their names', () => {
  const disk = { name: brandId('DiskName', 'data'), tag: brandId('Tag', 'inf-a'), sizeGiB: 12 };
  expect(parseDiskVolume(volumeNames.disk(disk))).toMatchObject(disk);
  expect(parseImageVolume(volumeNames.image('img', disk.tag, 'ab12'))).toMatchObject({
    name: 'img',
    tag: 'inf-a',
    id: 'ab12',
  });
  expect(parseImageVolume(volumeNames.kernel(volumeNames.image('img', disk.tag, 'ab12')))).toBeUndefined();
  expect(parseImageVolume(volumeNames.copy('img', disk.tag, 'ab12'))).toBeUndefined();
});

it('a serial fits into 20 characters and stays apart from that of a similar name', () => {
  expect(deviceOf(brandId('DiskName', 'data'))).toBe('/dev/disk/by-id/virtio-data');
  const [a, b] = ['a', 'b'].map((end) => serialOf(brandId('DiskName', `inf-abcdefgh-data-disk-${end}`)));
  expect([a?.length, b?.length]).toEqual([20, 20]);
  expect(a).not.toBe(b);
});

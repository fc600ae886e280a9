import { type DiskName, type NetworkName, brandId, sha256OfText } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { vmOf } from './describe-vm.ts';
import { serverTag } from './server-tag.ts';
import { type ServerRecord, readRecord, writeRecord } from './server-record.ts';
import type { Server } from './servers.ts';

const record: ServerRecord = {
  name: brandId('VmName', 'front'),
  tag: brandId('Tag', 'inf-a'),
  image: { location: 'an-id', digest: sha256OfText('x') },
  hostKey: 'ecdsa-sha2-nistp256 AAAA',
  user: 'debian',
  interfaces: [
    { network: 'in' as NetworkName, address: '10.0.0.5', kind: 'private' },
    { network: 'out' as NetworkName, address: '10.0.1.5', kind: 'public', publicAddress: '203.0.113.7' },
  ],
  disks: new Map([
    ['22222222-2222-2222-2222-222222222222', { disk: 'two' as DiskName, mountPath: '/srv/two of them' }],
    ['11111111-1111-1111-1111-111111111111', { disk: 'one' as DiskName, mountPath: '/srv/one' }],
  ]),
};
const server: Server = {
  id: 's',
  name: 'front',
  status: 'ACTIVE',
  created_at: '2026-01-01T00:00:00Z',
  flavor: { vcpus: 1, ram: 256, original_name: 't.tiny' },
  metadata: {},
  fault: '',
  task: undefined,
  isPoweredOn: true,
  zone: 'nova',
  volumeIds: ['22222222-2222-2222-2222-222222222222', '11111111-1111-1111-1111-111111111111'],
  addresses: [
    { address: '10.0.1.5', isFloating: false, port: 'fa:16:3e:00:00:01' },
    { address: '203.0.113.7', isFloating: true, port: 'fa:16:3e:00:00:01' },
  ],
};

describe("a server's metadata", () => {
  it('tell the VM again, in its order', () => {
    const metadata = writeRecord(record);
    expect(readRecord(metadata)).toEqual(record);
    expect([...(readRecord(metadata)?.disks.keys() ?? [])]).toEqual([...record.disks.keys()]);
    for (const value of Object.values(metadata)) expect(value.length).toBeLessThanOrEqual(255);
  });

  it('are none of ours without name and tag', () => {
    expect(readRecord({ trencadis_name: 'front' })).toBeUndefined();
    expect(readRecord({ trencadis_name: 'Front!', trencadis_tag: 'a' })).toBeUndefined();
  });

  it('refuse what Nova would cut', () => {
    const long = { ...record, image: { ...record.image, location: 'x'.repeat(256) } };
    expect(() => writeRecord(long)).toThrow(/The image of the VM front is longer/);
  });
});

describe('the VM that a server is', () => {
  it('has its addresses, disks, devices and way in', () => {
    expect(vmOf({ server, record }, {})).toMatchObject({
      status: 'running',
      addresses: [{ address: '10.0.0.5' }, { address: '10.0.1.5', publicAddress: '203.0.113.7' }],
      disks: [{ disk: 'two' }, { disk: 'one' }],
      devices: { one: '/dev/disk/by-id/virtio-11111111-1111-1111-1' },
      ssh: { host: '203.0.113.7', port: 22, user: 'debian' },
      zone: 'nova',
    });
  });

  it('has no floating address that was taken from it, nor a disk that was', () => {
    const bare = { ...server, addresses: server.addresses.slice(0, 1), volumeIds: [] };
    const vm = vmOf({ server: bare, record }, {});
    expect(vm.addresses[1]).toEqual({ network: 'out', address: '10.0.1.5' });
    expect(vm.ssh?.host).toBe('10.0.1.5');
    expect(vm.disks).toEqual([]);
  });

  it('has no way in where guests are simulated', () => {
    expect(vmOf({ server, record }, { guests: 'simulated' }).ssh).toBeUndefined();
  });

  it.each([
    ['BUILD', true, 'creating'],
    ['SHUTOFF', false, 'stopped'],
    ['VERIFY_RESIZE', true, 'running'],
    ['VERIFY_RESIZE', false, 'stopped'],
    ['HARD_REBOOT', true, 'creating'],
    ['ERROR', false, 'failed'],
  ])('is, where Nova says %s and its power is %s, %s', (status, isPoweredOn, expected) => {
    const vm = vmOf({ server: { ...server, status, isPoweredOn }, record }, {});
    expect(vm.status).toBe(expected);
    expect(vm.failure === undefined).toBe(expected !== 'failed');
  });
});

describe('the tag of a server', () => {
  it('fits, however long the own one is', () => {
    expect(serverTag('inf-a')).toBe('trencadis=inf-a');
    const [one, other] = [serverTag(`${'a'.repeat(62)}b`), serverTag(`${'a'.repeat(62)}c`)];
    expect(one).toHaveLength(60);
    expect(one).not.toBe(other);
  });
});

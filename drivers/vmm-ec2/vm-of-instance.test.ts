import type { Instance } from '@aws-sdk/client-ec2';
import { sha256OfText } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { vmOfInstance } from './vm-of-instance.ts';

const digest = sha256OfText('ami-0123456789abcdef0');
const size = { cpuCount: 2, memoryMiB: 4096 };
const tags = {
  'trencadis:name': 'vm-one',
  'trencadis:tag': 'inf-test',
  'trencadis:user': 'admin',
  'trencadis:host-key': 'ecdsa-sha2-nistp256 AAAA',
  'trencadis:image': 'ami-0123456789abcdef0',
  'trencadis:image-digest': digest,
  'trencadis:disk:second': 'vol-0bbbbbbbbbbbbbbbb 1 /srv/with space',
  'trencadis:disk:first': 'vol-0aaaaaaaaaaaaaaaa 0 /srv/a',
  'trencadis:disk:claimed': 'vol-0cccccccccccccccc 2 /srv/c',
};

/** As DescribeInstances shows one, with two interfaces in an order of Amazon's own. */
const instance: Instance = {
  InstanceId: 'i-0123456789abcdef0',
  InstanceType: 't3.medium',
  State: { Name: 'running' },
  Placement: { AvailabilityZone: 'eu-west-1b' },
  Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  BlockDeviceMappings: [
    { DeviceName: '/dev/xvda', Ebs: { VolumeId: 'vol-0rrrrrrrrrrrrrrrr' } },
    { DeviceName: '/dev/sdf', Ebs: { VolumeId: 'vol-0aaaaaaaaaaaaaaaa' } },
    { DeviceName: '/dev/sdg', Ebs: { VolumeId: 'vol-0bbbbbbbbbbbbbbbb' } },
  ],
  NetworkInterfaces: [
    {
      Attachment: { DeviceIndex: 1 },
      Groups: [{ GroupName: 'trencadis-out' }],
      PrivateIpAddress: '10.0.8.4',
      Association: { PublicIp: '203.0.113.7' },
    },
    {
      Attachment: { DeviceIndex: 0 },
      Groups: [{ GroupName: 'trencadis-in' }],
      PrivateIpAddress: '10.0.0.4',
    },
  ],
};

describe('an instance as a VM', () => {
  it('has all that Amazon and the tags tell', () => {
    expect(vmOfInstance(instance, size, 'real')).toEqual({
      name: 'vm-one',
      tag: 'inf-test',
      status: 'running',
      image: { location: 'ami-0123456789abcdef0', digest },
      ...size,
      instanceType: 't3.medium',
      zone: 'eu-west-1b',
      hostKeys: ['ecdsa-sha2-nistp256 AAAA'],
      addresses: [
        { network: 'in', address: '10.0.0.4' },
        { network: 'out', address: '10.0.8.4', publicAddress: '203.0.113.7' },
      ],
      disks: [
        { disk: 'first', mountPath: '/srv/a' },
        { disk: 'second', mountPath: '/srv/with space' },
      ],
      devices: {
        first: '/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0aaaaaaaaaaaaaaaa',
        second: '/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0bbbbbbbbbbbbbbbb',
      },
      ssh: { host: '203.0.113.7', port: 22, user: 'admin' },
    });
  });

  it('is not reached over SSH where nothing boots, or it has no public address', () => {
    expect(vmOfInstance(instance, size, 'simulated')).not.toHaveProperty('ssh');
    const inner = { ...instance, NetworkInterfaces: instance.NetworkInterfaces?.slice(1) };
    expect(vmOfInstance(inner, size, 'real')).not.toHaveProperty('ssh');
  });

  const inState = (Name: 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down') =>
    vmOfInstance({ ...instance, State: { Name }, StateReason: { Message: 'reclaimed' } }, size, 'real');

  it.each([
    ['pending', 'creating'],
    ['running', 'running'],
    ['stopping', 'running'],
    ['stopped', 'stopped'],
  ] as const)('that is %s is %s', (name, status) => {
    expect(inState(name)).toMatchObject({ status });
    expect(inState(name)).not.toHaveProperty('failure');
  });

  it('that is being terminated has failed, for the reason that Amazon gives', () => {
    expect(inState('shutting-down')).toMatchObject({
      status: 'failed',
      failure: expect.stringContaining('reclaimed'),
    });
  });
});

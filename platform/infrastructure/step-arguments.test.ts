import { sha256OfText } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import {
  createNetworkArgs,
  createVmArgs,
  mountDisksArgs,
  updateNetworkArgs,
  updateVmArgs,
} from './step-arguments.ts';

const infrastructureId = 'inf-aaaaaaaa';
const network = { name: 'inf-aaaaaaaa-public', tag: infrastructureId, kind: 'public' };
const spec = {
  name: 'inf-aaaaaaaa-db-1',
  tag: infrastructureId,
  hostName: 'db-1',
  image: { location: '/image', digest: sha256OfText('image') },
  cpuCount: 1,
  memoryMiB: 512,
  interfaces: [{ network: network.name }],
  disks: [{ disk: 'inf-aaaaaaaa-db-1-disk1', mountPath: '/data' }],
};

describe('arguments of stored plans', () => {
  it('of before there were ports, addresses and instance types are read as they are', () => {
    const created = { vmm: 'local', spec: network };
    expect(createNetworkArgs.parse(created)).toEqual(created);
    const vm = { infrastructureId, vmm: 'local', spec };
    expect(createVmArgs.parse(vm)).toEqual(vm);
    const update = { ...vm, previous: { cpuCount: 1, memoryMiB: 256, disks: [] } };
    expect(updateVmArgs.parse(update)).toEqual(update);
  });

  it('keep all that a VM manager can be asked for', () => {
    const ports = [
      { protocol: 'tcp', from: 443, to: 443 },
      { protocol: 'udp', from: 9, to: 9, localPort: 10, source: '10.0.0.0/8' },
    ];
    const asked = { ...network, subnet: '10.0.0.0/24', openPorts: ports, providerNetwork: 'ext' };
    const change = { vmm: 'cloud', spec: asked, previous: ports };
    expect(updateNetworkArgs.parse(change)).toEqual(change);
    const options = { instanceType: 't3.small', zone: 'a', spot: { maxPerHour: 0.1 } };
    const interfaces = [{ network: network.name, address: '10.0.0.7' }];
    const vm = { infrastructureId, vmm: 'cloud', spec: { ...spec, ...options, interfaces } };
    expect(createVmArgs.parse(vm)).toEqual(vm);
  });

  it('name file systems by what mkfs has a program for', () => {
    const disk = { disk: 'inf-aaaaaaaa-db-1-disk1', mountPath: '/data', fsType: 'ext4' };
    const mount = { infrastructureId, vmm: 'cloud', name: spec.name, disks: [disk] };
    expect(mountDisksArgs.parse(mount)).toEqual(mount);
    const bad = { ...mount, disks: [{ ...disk, fsType: '../sh' }] };
    expect(mountDisksArgs.safeParse(bad).success).toBe(false);
  });
});

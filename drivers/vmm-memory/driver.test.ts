import { type Clock, systemClock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { brandId, sha256OfText } from '@trencadis/ids';
import { describeVmmDriver } from '@trencadis/vmm/conformance';
import type { VmSpec, VmmDriver } from '@trencadis/vmm';
import { describe, expect, it } from 'vitest';
import { MemoryVmmWorld, createMemoryVmm } from './index.ts';

const image = { location: 'memory:image', digest: sha256OfText('image') };
const tag = brandId('Tag', 'inf-test');
const signal = new AbortController().signal;

function vmSpec(name: string, changes: Partial<VmSpec> = {}): VmSpec {
  return {
    name: brandId('VmName', name),
    tag,
    hostName: name,
    image,
    cpuCount: 2,
    memoryMiB: 512,
    interfaces: [],
    disks: [],
    login: { user: 'admin', authorizedKey: 'ssh-ed25519 AAAA' },
    ...changes,
  };
}

describeVmmDriver('vmm-memory', async () => {
  const world = new MemoryVmmWorld({ images: [image] });
  return {
    driver: createMemoryVmm({ clock: systemClock, world, latencyMs: 2, providerNetworks: ['campus'] }),
    image,
    leftovers: async () => world.leftovers(),
    providerNetwork: 'campus',
    failNext: (operation, code) => world.failNext(operation, code),
    removeBehind: async (name) => world.removeVm(name),
    dispose: async () => undefined,
  };
});

describeVmmDriver('vmm-memory with instance types and zones', async () => {
  const world = new MemoryVmmWorld({ images: [image] });
  const instanceTypes = [
    { name: 'small', cpuCount: 1, memoryMiB: 512 },
    { name: 'large', cpuCount: 2, memoryMiB: 2048 },
  ];
  const options = { instanceTypes, zones: ['a'], providerNetworks: ['campus'], mountsDisks: false };
  return {
    driver: createMemoryVmm({ clock: systemClock, world, ...options }),
    image,
    leftovers: async () => world.leftovers(),
    providerNetwork: 'campus',
    dispose: async () => undefined,
  };
});

function unsupported(): Promise<never> {
  return Promise.reject(new PlatformError('unsupported', 'This VM manager has no such thing.'));
}

/** A VM manager that only has VMs: what the suite must accept without a switch. */
function bareDriver(driver: VmmDriver): VmmDriver {
  return {
    capabilities: {
      product: 'bare',
      networks: false,
      disks: false,
      power: false,
      update: { size: false, disks: false },
      images: false,
      userData: false,
      shell: true,
      ports: 'open',
      portMapping: false,
      addressing: false,
      providerNetworks: false,
      instanceTypes: false,
      zones: false,
      spot: false,
      mountsDisks: false,
      imageListing: false,
    },
    createVm: (spec, call) => {
      const { interfaces, disks, userData, instanceType, zone, spot } = spec;
      const extras = [...interfaces, ...disks, userData, instanceType, zone, spot];
      return extras.some((each) => each !== undefined) ? unsupported() : driver.createVm(spec, call);
    },
    deleteVm: (name, call) => driver.deleteVm(name, call),
    describeVm: (name, call) => driver.describeVm(name, call),
    listVms: (owner, call) => driver.listVms(owner, call),
    readConsole: (name, call) => driver.readConsole(name, call).then(() => ''),
    quota: async () => ({}),
    listInstanceTypes: async () => [],
    checkRights: (call) => driver.checkRights(call),
    startVm: unsupported,
    stopVm: unsupported,
    rebootVm: unsupported,
    updateVm: unsupported,
    networks: {
      createNetwork: unsupported,
      updateNetwork: unsupported,
      deleteNetwork: unsupported,
      listNetworks: unsupported,
    },
    disks: { createDisk: unsupported, deleteDisk: unsupported, listDisks: unsupported },
    images: {
      snapshotVm: unsupported,
      deleteImage: unsupported,
      listImages: unsupported,
      listBootable: unsupported,
    },
  };
}

describeVmmDriver('a manager without networks, disks and power', async () => {
  const world = new MemoryVmmWorld({ images: [image] });
  return {
    driver: bareDriver(createMemoryVmm({ clock: systemClock, world })),
    image,
    leftovers: async () => world.leftovers(),
    dispose: async () => undefined,
  };
});

describe('vmm-memory', () => {
  it('keeps its state in the world, so that a restarted platform finds it', async () => {
    const world = new MemoryVmmWorld();
    await createMemoryVmm({ clock: systemClock, world }).createVm(vmSpec('a'), signal);
    const listed = await createMemoryVmm({ clock: systemClock, world }).listVms(tag, signal);
    expect(listed.map(({ name }) => name)).toEqual(['a']);
    expect(world.calls('createVm')).toBe(1);
  });

  it('may have created what it says has failed', async () => {
    const { world, ...driver } = createMemoryVmm({ clock: systemClock });
    world.failAfter('createVm', 'unavailable', 2);
    for (const name of ['a', 'b']) {
      await expect(driver.createVm(vmSpec(name), signal)).rejects.toMatchObject({ code: 'unavailable' });
    }
    await driver.createVm(vmSpec('c'), signal);
    expect(world.leftovers()).toEqual(['vm:a', 'vm:b', 'vm:c']);
  });

  it.each([
    [{ vms: 1 }, 'VMs is 1'],
    [{ cpuCount: 3 }, 'cpuCount is 3'],
    [{ memoryMiB: 1000 }, 'memoryMiB is 1000'],
  ])('has no room for a second VM under the quota %o', async (quota, message) => {
    const driver = createMemoryVmm({ clock: systemClock, quota });
    await driver.createVm(vmSpec('a'), signal);
    await driver.createVm(vmSpec('a'), signal);
    const second = driver.createVm(vmSpec('b'), signal);
    await expect(second).rejects.toMatchObject({
      code: 'quota-exceeded',
      message: expect.stringContaining(message),
    });
  });

  it('shows a VM as creating until it has booted, and tells when one fails', async () => {
    let nowMs = 0;
    const clock: Clock = { now: () => new Date(nowMs), sleep: async () => undefined };
    const driver = createMemoryVmm({ clock, bootMs: 100 });
    const { name } = vmSpec('a');
    expect((await driver.createVm(vmSpec('a'), signal)).status).toBe('creating');
    nowMs = 100;
    expect(await driver.describeVm(name, signal)).toMatchObject({ status: 'running' });
    driver.world.failVm(name, 'its host is on fire');
    expect(await driver.describeVm(name, signal)).toMatchObject({
      status: 'failed',
      failure: 'its host is on fire',
    });
  });

  it('gives addresses back and holds thousands of VMs', async () => {
    const driver = createMemoryVmm({ clock: systemClock });
    const network = await driver.networks.createNetwork(
      { name: brandId('NetworkName', 'net'), tag, kind: 'private' },
      signal,
    );
    const interfaces = [{ network: network.name }];
    const addresses = new Set<string>();
    for (let i = 0; i < 4000; i++) {
      const vm = await driver.createVm(vmSpec(`vm-${i}`, { interfaces }), signal);
      for (const { address } of vm.addresses) addresses.add(address);
      if (i % 2 === 0) await driver.deleteVm(vm.name, signal);
    }
    expect(addresses.size).toBeLessThan(4000);
    const held = (await driver.listVms(tag, signal)).map((vm) => vm.addresses[0]?.address);
    expect(new Set(held).size).toBe(2000);
  });

  it('holds 10,000 VMs in one network, lists one tag of many, and counts what they use', async () => {
    const quota = { vms: 20_000, cpuCount: 40_000, memoryMiB: 10_240_000 };
    const driver = createMemoryVmm({ clock: systemClock, quota });
    const net = { name: brandId('NetworkName', 'net'), tag, kind: 'private' } as const;
    const { name: network, subnet } = await driver.networks.createNetwork(net, signal);
    const other = brandId('Tag', 'inf-other');
    for (let i = 0; i < 10_000; i++) {
      await driver.createVm(vmSpec(`vm-${i}`, { interfaces: [{ network }] }), signal);
    }
    await driver.createVm(vmSpec('lone', { tag: other }), signal);
    expect((await driver.listVms(other, signal)).map(({ name }) => name)).toEqual(['lone']);
    const listed = await driver.listVms(tag, signal);
    const addresses = listed.flatMap((vm) => vm.addresses.map(({ address }) => address));
    expect(new Set(addresses).size).toBe(10_000);
    expect(subnet).toBe('10.0.0.0/18');
    const used = await driver.quota(signal);
    expect(used.vms).toEqual({ used: 10_001, limit: 20_000 });
    expect(used.memoryMiB).toEqual({ used: 10_001 * 512, limit: 10_240_000 });
    for (const { name } of listed) await driver.deleteVm(name, signal);
    await driver.deleteVm(brandId('VmName', 'lone'), signal);
    expect((await driver.quota(signal)).cpuCount?.used).toBe(0);
    expect(driver.world.used).toEqual({ cpuCount: 0, memoryMiB: 0, diskGiB: 0 });
  });

  it('refuses a larger size and a further disk that the quota has no room for, and changes nothing', async () => {
    const driver = createMemoryVmm({ clock: systemClock, quota: { cpuCount: 4, diskGiB: 10 } });
    const spec = vmSpec('a');
    await driver.createVm(spec, signal);
    await driver.createVm(vmSpec('b'), signal);
    const larger = driver.updateVm({ ...spec, cpuCount: 3 }, signal);
    await expect(larger).rejects.toMatchObject({ code: 'quota-exceeded' });
    expect(await driver.describeVm(spec.name, signal)).toMatchObject({ cpuCount: 2 });
    const disk = { name: brandId('DiskName', 'one'), tag, sizeGiB: 8 };
    await driver.disks.createDisk(disk, signal);
    const second = driver.disks.createDisk({ ...disk, name: brandId('DiskName', 'two') }, signal);
    await expect(second).rejects.toMatchObject({ code: 'quota-exceeded' });
    await driver.disks.deleteDisk(disk.name, signal);
    expect((await driver.quota(signal)).diskGiB).toEqual({ used: 0, limit: 10 });
  });

  it('gives each of thousands of networks a subnet of its own', async () => {
    const driver = createMemoryVmm({ clock: systemClock });
    const subnets = new Set<string>();
    for (let i = 0; i < 2000; i++) {
      const spec = { name: brandId('NetworkName', `net-${i}`), tag, kind: 'private' } as const;
      subnets.add((await driver.networks.createNetwork(spec, signal)).subnet);
    }
    expect(subnets.size).toBe(2000);
    expect([...subnets].filter((subnet) => /^(10|240)\./.test(subnet)).length).toBe(2000);
  });

  it('fails by chance before and after the act, the same calls for the same seed', async () => {
    const run = async (seed: number) => {
      const driver = createMemoryVmm({ clock: systemClock, failures: { rate: 0.3, seed } });
      const failed: string[] = [];
      for (let i = 0; i < 200; i++) {
        const spec = vmSpec(`vm-${i}`);
        const outcome = await driver.createVm(spec, signal).catch((error: PlatformError) => error.code);
        if (outcome !== 'unavailable') continue;
        failed.push(`${spec.name} ${driver.world.vms.has(spec.name) ? 'after' : 'before'}`);
      }
      return failed;
    };
    const failed = await run(7);
    expect(failed.length).toBeGreaterThan(30);
    expect(failed.length).toBeLessThan(90);
    expect(new Set(failed.map((line) => line.split(' ')[1]))).toEqual(new Set(['before', 'after']));
    expect(await run(7)).toEqual(failed);
    expect(await run(8)).not.toEqual(failed);
  });
});

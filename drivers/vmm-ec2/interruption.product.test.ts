import { brandId, newUuid } from '@trencadis/ids';
import type { VmSpec, VmmDriver } from '@trencadis/vmm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEc2Vmm } from './index.ts';
import { ec2Error } from './testing/fake-aws.ts';
import { type TestEc2, startEc2 } from './testing/index.ts';
import { type Fate, isChange, startProxy } from './testing/proxy.ts';

/**
 * A platform that dies, and answers that get lost, after each single thing that changes at Amazon. moto does every change
 * at once and knows no client tokens: what Amazon would answer twice with one instance is made twice here.
 */
const signal = new AbortController().signal;
let ec2: TestEc2;
beforeAll(async () => {
  ec2 = await startEc2();
});
afterAll(() => ec2.stop());

const driverAt = (endpoint: string): VmmDriver =>
  createEc2Vmm({ credentials: ec2.credentials, endpoint, pollEveryMs: 5 });

/** A front machine with an elastic address and a disk, another size for it, and an image of it. */
function scene() {
  const tag = brandId('Tag', `cut-${newUuid().slice(0, 8)}`);
  const network = (label: string) => brandId('NetworkName', `${tag}-${label}`);
  const disk = { name: brandId('DiskName', `${tag}-disk`), tag, sizeGiB: 1 };
  const vm: VmSpec = {
    name: brandId('VmName', `${tag}-vm`),
    tag,
    hostName: 'front',
    image: ec2.image,
    instanceType: 't2.micro',
    cpuCount: 1,
    memoryMiB: 1024,
    interfaces: [{ network: network('out') }, { network: network('in') }],
    disks: [{ disk: disk.name, mountPath: '/srv' }],
    login: { user: 'admin', authorizedKey: 'ssh-ed25519 AAAA' },
  };
  const larger = { ...vm, instanceType: 't2.small', memoryMiB: 2048, disks: [] };
  const make = async (driver: VmmDriver) => {
    const openPorts = [{ protocol: 'tcp', from: 80, to: 80 } as const];
    await driver.networks.createNetwork({ name: network('out'), tag, kind: 'public', openPorts }, signal);
    await driver.networks.createNetwork({ name: network('in'), tag, kind: 'private' }, signal);
    await driver.disks.createDisk(disk, signal);
    await driver.createVm(vm, signal);
    await driver.updateVm(larger, signal);
    await driver.images.snapshotVm({ vm: vm.name, name: `${tag}-image`, tag }, signal);
    const made = await driver.describeVm(vm.name, signal);
    expect(made).toMatchObject({ status: 'running', memoryMiB: 2048, disks: [] });
    expect(made?.addresses[0]?.publicAddress).toBeDefined();
    expect(await driver.listVms(tag, signal)).toHaveLength(1);
  };
  return { tag, make };
}

/** As whoever destroys an infrastructure does it: what the listings find is deleted. */
async function sweep(driver: VmmDriver, tag: ReturnType<typeof scene>['tag']): Promise<void> {
  for (const { name } of await driver.images.listImages(tag, signal)) {
    await driver.images.deleteImage(name, signal);
  }
  for (const { name } of await driver.listVms(tag, signal)) await driver.deleteVm(name, signal);
  for (const { name } of await driver.disks.listDisks(tag, signal))
    await driver.disks.deleteDisk(name, signal);
  for (const { name } of await driver.networks.listNetworks(tag, signal)) {
    await driver.networks.deleteNetwork(name, signal);
  }
}

const dead = ec2Error('UnauthorizedOperation', 'the platform is dead', 403);

/** Through a proxy that counts the changes; answers whether the work got past that many of them. */
async function disturbed(
  work: (driver: VmmDriver) => Promise<unknown>,
  fateOf: (change: number) => Fate,
): Promise<{ readonly outcome: 'finished' | 'died'; readonly changes: number }> {
  let changes = 0;
  const proxy = await startProxy(ec2.endpoint, (request) => {
    if (isChange(request)) changes += 1;
    const fate = fateOf(changes);
    return fate === 'cut' && !isChange(request) ? 'pass' : fate;
  });
  try {
    const outcome = await work(driverAt(proxy.endpoint)).then(
      () => 'finished' as const,
      (error: unknown) => {
        if (String(error).includes('the platform is dead')) return 'died' as const;
        throw error;
      },
    );
    return { outcome, changes };
  } finally {
    await proxy.stop();
  }
}

const dyingAfter = (last: number) => (change: number) => (change > last ? dead : 'pass');

it('finishes a creation that died after any change when it is asked again, or removes what it has left', async () => {
  for (let last = 1; ; last += 1) {
    const { tag, make } = scene();
    const { outcome } = await disturbed(make, dyingAfter(last));
    const driver = driverAt(ec2.endpoint);
    if (last % 2 === 0) await make(driver);
    await sweep(driver, tag);
    expect(await ec2.leftovers(), `after ${last} changes`).toEqual([]);
    if (outcome === 'finished') break;
  }
});

it('finishes a removal that died after any change when it is asked again', async () => {
  for (let last = 1; ; last += 1) {
    const { tag, make } = scene();
    const driver = driverAt(ec2.endpoint);
    await make(driver);
    const { outcome } = await disturbed((dying) => sweep(dying, tag), dyingAfter(last));
    await sweep(driver, tag);
    expect(await ec2.leftovers(), `after ${last} changes`).toEqual([]);
    if (outcome === 'finished') break;
  }
});

it('goes on with a creation when the answer to any change is lost, which the SDK then asks for again', async () => {
  for (let lost = 1; ; lost += 1) {
    const { tag, make } = scene();
    const { changes } = await disturbed(make, (change) => (change === lost ? 'cut' : 'pass'));
    await sweep(driverAt(ec2.endpoint), tag);
    expect(await ec2.leftovers(), `without answer ${lost}`).toEqual([]);
    if (changes < lost) break;
  }
});

it('goes on with a removal when the answer to any change is lost', async () => {
  for (let lost = 1; ; lost += 1) {
    const { tag, make } = scene();
    await make(driverAt(ec2.endpoint));
    const work = (driver: VmmDriver) => sweep(driver, tag);
    const { changes } = await disturbed(work, (change) => (change === lost ? 'cut' : 'pass'));
    expect(await ec2.leftovers(), `without answer ${lost}`).toEqual([]);
    if (changes < lost) break;
  }
});

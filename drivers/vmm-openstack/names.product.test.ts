import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { type Admin, openAdmin } from './testing/admin.ts';
import { TroubleLab, refusal } from './testing/trouble-lab.ts';

const signal = new AbortController().signal;
const { endpoint, credentials, image, providerNetwork } = inject('openstack');
const makeLab = () => new TroubleLab({ endpoint, credentials, image });
let admin: Admin;
beforeAll(async () => {
  admin = await openAdmin(endpoint);
});

describe('a name that somebody else in the project has', () => {
  afterEach(() => admin.expectNothingLeft());

  it('is a conflict for a network, and nothing is made', async () => {
    const lab = makeLab();
    const foreign = await lab.make('neutron', '/networks', { network: { name: lab.network } });
    const error = await refusal(lab.createNetwork('private'));
    expect(error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Choose another name'),
    });
    await lab.driver.networks.deleteNetwork(lab.network, signal);
    await foreign.remove();
  });

  it('is a conflict for a disk, which stays', async () => {
    const lab = makeLab();
    const volume = await lab.make('cinder', '/volumes', { volume: { name: lab.disk, size: 1 } });
    expect((await refusal(lab.createDisk(1))).code).toBe('conflict');
    await lab.driver.disks.deleteDisk(lab.disk, signal);
    expect(
      await lab.cloud.cinder.find({ path: `/volumes/${volume.id}` }, z.looseObject({}), signal),
    ).toBeDefined();
    await admin.removeVolume(volume.id);
  });

  it('is a conflict for an image, which stays', async () => {
    const lab = makeLab();
    const name = `${lab.tag}-image`;
    const picture = { name, disk_format: 'raw', container_format: 'bare' };
    const foreign = await lab.make('glance', '/images', picture);
    await lab.driver.createVm(lab.spec(), signal);
    const snapshot = { vm: lab.vm, name, tag: lab.tag };
    expect((await refusal(lab.driver.images.snapshotVm(snapshot, signal))).code).toBe('conflict');
    await lab.driver.images.deleteImage(name, signal);
    await foreign.remove();
    await lab.sweep();
  });

  it('is a conflict for a VM, which stays', async () => {
    const lab = makeLab();
    const any = z.looseObject({ id: z.string(), name: z.string() });
    const flavors = await lab.cloud.nova.list({ path: '/flavors', key: 'flavors', item: any }, signal);
    const flavorRef = flavors.find(({ name }) => name === 't.tiny')?.id;
    const server = { name: lab.vm, imageRef: image.location, flavorRef, networks: 'none' };
    const foreign = await lab.make('nova', '/servers', { server });
    expect((await refusal(lab.driver.createVm(lab.spec(), signal))).code).toBe('conflict');
    await lab.driver.deleteVm(lab.vm, signal);
    expect(await lab.driver.describeVm(lab.vm, signal)).toBeUndefined();
    expect(
      await lab.cloud.nova.find({ path: `/servers/${foreign.id}` }, z.looseObject({}), signal),
    ).toBeDefined();
    await admin.removeServer(lab.vm);
  });
});

describe('two processes at once', () => {
  it('make one VM, one network and one disk of a name', async () => {
    const lab = makeLab();
    const drivers = [lab.driver, lab.anotherDriver()];
    await Promise.all(drivers.map((each) => lab.createNetwork('private', each)));
    await Promise.all(drivers.map((each) => lab.createDisk(1, each)));
    // Their ports are the same, so that Nova may refuse the second: what counts is what is left.
    await Promise.allSettled(drivers.map((each) => each.createVm(lab.onNetwork(), signal)));
    await lab.driver.createVm(lab.onNetwork(), signal);
    expect(await lab.driver.listVms(lab.tag, signal)).toHaveLength(1);
    expect(await lab.driver.networks.listNetworks(lab.tag, signal)).toHaveLength(1);
    expect(await lab.driver.disks.listDisks(lab.tag, signal)).toHaveLength(1);
    await lab.sweep();
    expect(await admin.leftovers()).toEqual([]);
  });
});

describe('a public network', () => {
  afterEach(() => admin.expectNothingLeft());

  it('gives the first public interface a floating address, as long as the VM lives', async () => {
    const lab = makeLab();
    const real = lab.anotherDriver({ guests: 'real' });
    await lab.createNetwork('public');
    await real.createVm(lab.onNetwork(), signal);
    const seen = await real.describeVm(lab.vm, signal);
    expect(seen?.addresses[0]?.publicAddress).toMatch(/^203\.0\.113\./);
    await real.stopVm(lab.vm, signal);
    const again = await real.describeVm(lab.vm, signal);
    expect(again?.addresses).toEqual(seen?.addresses);
    expect(again?.ssh).toEqual({ host: seen?.addresses[0]?.publicAddress, port: 22, user: 'debian' });
    await lab.sweep();
  });

  it('needs an external network that is there', async () => {
    const lab = makeLab();
    const astray = lab.anotherDriver({ externalNetwork: 'nowhere' });
    const error = await refusal(lab.createNetwork('public', astray));
    expect(error).toMatchObject({ code: 'not-found', message: expect.stringContaining('it has: outside') });
  });

  it('may be one that the cloud has; where it leads nowhere, there is no floating address', async () => {
    const lab = makeLab();
    const spec = { name: lab.network, tag: lab.tag, kind: 'public' as const, providerNetwork };
    await lab.driver.networks.createNetwork(spec, signal);
    const { addresses } = await lab.driver.createVm(lab.onNetwork(), signal);
    expect(addresses).toEqual([{ network: lab.network, address: expect.stringMatching(/^192\.168\.77\./) }]);
    await lab.sweep();
  });
});

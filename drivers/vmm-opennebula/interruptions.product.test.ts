import type { VmmDriver } from '@trencadis/vmm';
import { afterEach, describe, expect, it } from 'vitest';
import { type Place, failureOf, signal, startPlace } from './testing/site.ts';
import { vmState } from './vm-states.ts';

let place: Place;

afterEach(() => place.leave());

/** Deletes all that the listings find of this tag. */
async function sweep(site: Place): Promise<void> {
  const { driver } = site;
  const { tag } = site.vm('any');
  for (const { name } of await driver.listVms(tag, signal)) await driver.deleteVm(name, signal);
  for (const { name } of await driver.images.listImages(tag, signal))
    await driver.images.deleteImage(name, signal);
  for (const { name } of await driver.disks.listDisks(tag, signal))
    await driver.disks.deleteDisk(name, signal);
  for (const { name } of await driver.networks.listNetworks(tag, signal))
    await driver.networks.deleteNetwork(name, signal);
}

interface Scene {
  readonly prepare?: (site: Place) => Promise<unknown>;
  readonly work: (driver: VmmDriver, site: Place) => Promise<unknown>;
  readonly check: (site: Place, result: unknown) => Promise<void>;
}

const disks = (site: Place) => [{ disk: site.disk('data').name, mountPath: '/srv' }];
const interfaces = (site: Place) => [{ network: site.network('out').name }];
const full = (site: Place) => site.vm('vm', { disks: disks(site), interfaces: interfaces(site) });
const open = (site: Place) =>
  site.network('out', { kind: 'public', openPorts: [{ protocol: 'tcp', from: 443, to: 443 }] });

async function startFull(site: Place): Promise<void> {
  await site.driver.networks.createNetwork(open(site), signal);
  await site.driver.disks.createDisk(site.disk('data'), signal);
  await site.driver.createVm(full(site), signal);
  await site.running(full(site));
}

const scenes: Readonly<Record<string, Scene>> = {
  'making a public network': {
    work: (driver, site) => driver.networks.createNetwork(open(site), signal),
    check: async (site, made) => {
      expect(made).toMatchObject(open(site));
      const group = [...site.one.oned.world.groups.values()].find(({ uid }) => uid !== 0);
      const vnet = [...site.one.oned.world.vnets.values()].find(({ uid }) => uid !== 0);
      // The default group, which opens everything, is gone from it.
      expect(vnet?.attributes).toContainEqual({ name: 'SECURITY_GROUPS', value: String(group?.id) });
    },
  },
  'making a private network': {
    work: (driver, site) => driver.networks.createNetwork(site.network('in'), signal),
    check: async (site, made) => expect(made).toMatchObject(site.network('in')),
  },
  'borrowing a network': {
    work: (driver, site) =>
      driver.networks.createNetwork(site.network('lent', { providerNetwork: 'public' }), signal),
    check: async (_site, made) => expect(made).toMatchObject({ subnet: '192.0.2.0/24' }),
  },
  'opening other ports': {
    prepare: (site) => site.driver.networks.createNetwork(open(site), signal),
    work: (driver, site) => driver.networks.updateNetwork({ ...open(site), openPorts: [] }, signal),
    check: async (_site, made) => expect(made).toMatchObject({ openPorts: [] }),
  },
  'making a disk': {
    work: (driver, site) => driver.disks.createDisk(site.disk('data'), signal),
    check: async (site, made) => expect(made).toEqual(site.disk('data')),
  },
  'making a VM': {
    prepare: async (site) => {
      await site.driver.networks.createNetwork(open(site), signal);
      await site.driver.disks.createDisk(site.disk('data'), signal);
    },
    work: (driver, site) => driver.createVm(full(site), signal),
    check: async (site) => {
      await site.running(full(site));
      expect(await site.driver.listVms(full(site).tag, signal)).toHaveLength(1);
    },
  },
  'giving a VM another size and no disk': {
    prepare: startFull,
    work: (driver, site) => driver.updateVm({ ...full(site), cpuCount: 2, disks: [] }, signal),
    check: async (site, vm) => {
      expect(vm).toMatchObject({ cpuCount: 2, disks: [] });
      await site.running(full(site));
    },
  },
  'making an image of a VM': {
    prepare: startFull,
    work: (driver, site) => driver.images.snapshotVm(site.snapshot(full(site), 'image'), signal),
    check: async (site, image) => {
      expect(await site.driver.images.listImages(full(site).tag, signal)).toEqual([image]);
    },
  },
  'stopping a VM': {
    prepare: startFull,
    work: (driver, site) => driver.stopVm(full(site).name, signal),
    check: async (site) => {
      expect((await site.driver.describeVm(full(site).name, signal))?.status).toBe('stopped');
    },
  },
};

/** By another process, as a step that is run again may be. */
describe.each(Object.entries(scenes))('%s', (_name, { prepare, work, check }) => {
  it.each(['lost answer', 'nothing'] as const)(
    'is finished by asking again, whichever call got %s',
    async (kind) => {
      for (let passed = 0; ; passed += 1) {
        place = await startPlace();
        await prepare?.(place);
        const callsBefore = place.one.oned.calls.length;
        for (let index = 0; index < passed; index += 1) place.one.oned.spoil({ kind: 'pass' });
        place.one.oned.spoil({ kind });
        const { code } = await failureOf(work(place.driver, place));
        const calls = place.one.oned.calls.length - callsBefore;
        expect(code).toBe(calls <= passed ? 'succeeded' : 'unavailable');
        if (calls <= passed) {
          // It needed no more calls than that: the last mischief is still to come, and comes now.
          for (let index = calls; index <= passed; index += 1) await failureOf(place.driver.quota(signal));
          await sweep(place);
          break;
        }
        await check(place, await work(place.other(), place));
        await sweep(place);
        await place.leave();
      }
    },
  );

  it('is undone by deleting what the listings find, whichever call got no answer', async () => {
    for (let passed = 0; passed < 12; passed += 1) {
      place = await startPlace();
      await prepare?.(place);
      for (let index = 0; index < passed; index += 1) place.one.oned.spoil({ kind: 'pass' });
      place.one.oned.spoil({ kind: 'lost answer' });
      await failureOf(work(place.driver, place));
      // Mischief that was not met yet is met by these.
      for (let index = 0; index <= passed; index += 1) await failureOf(place.driver.quota(signal));
      await sweep(place);
      expect(await place.one.leftovers()).toEqual([]);
      await place.leave();
    }
    place = await startPlace();
  });
});

describe('two processes', () => {
  it('that make the same VM at the same moment get one, and leave no other', async () => {
    place = await startPlace();
    const spec = place.vm('same');
    const drivers = [place.driver, place.other(), place.other()];
    const made = await Promise.all(drivers.map((driver) => driver.createVm(spec, signal)));
    expect(new Set(made.map(({ hostKeys }) => hostKeys[0])).size).toBe(1);
    await place.running(spec);
    expect(await place.driver.listVms(spec.tag, signal)).toHaveLength(1);
    await sweep(place);
  });

  it('that make networks at the same moment get subnets that do not overlap', async () => {
    place = await startPlace();
    const labels = ['a', 'b', 'c', 'd'];
    const made = await Promise.all(
      labels.map((label) => place.other().networks.createNetwork(place.network(label), signal)),
    );
    expect(new Set(made.map(({ subnet }) => subnet)).size).toBe(labels.length);
    await sweep(place);
  });
});

describe('an OpenNebula', () => {
  it('tells of many VMs in one call', async () => {
    place = await startPlace();
    const specs = Array.from({ length: 20 }, (_, index) => place.vm(`n${index}`));
    await Promise.all(specs.map((spec) => place.driver.createVm(spec, signal)));
    const before = place.one.oned.calls.length;
    expect(await place.driver.listVms(specs[0]!.tag, signal)).toHaveLength(20);
    expect(place.one.oned.calls.slice(before)).toEqual(['one.vmpool.infoextended']);
    await sweep(place);
  });

  it('makes VMs of a template of the site, with its disks and context beside ours', async () => {
    place = await startPlace();
    await place.driver.networks.createNetwork(open(place), signal);
    await place.driver.disks.createDisk(place.disk('data'), signal);
    const spec = { ...full(place), image: { ...place.one.image, location: 'template:debian' } };
    await place.driver.createVm(spec, signal);
    await place.running(spec);
    expect(await place.driver.describeVm(spec.name, signal)).toMatchObject({
      image: spec.image,
      memoryMiB: 256,
      disks: spec.disks,
      devices: { [place.disk('data').name]: '/dev/vdb' },
    });
    const [vm] = [...place.one.oned.world.vms.values()];
    expect(vm).toMatchObject({
      templateId: 0,
      name: spec.name,
      context: { REPORT_READY: 'NO', SET_HOSTNAME: 'vm' },
    });
    await sweep(place);
  });

  it('makes networks of its template, and public ones from nothing where no network is named for them', async () => {
    place = await startPlace({}, { networkTemplate: 'tenant', publicNetwork: undefined });
    const made = await place.driver.networks.createNetwork(open(place), signal);
    expect(made).toMatchObject({ ...open(place), subnet: '10.208.0.0/24' });
    const vnet = [...place.one.oned.world.vnets.values()].find(({ uid }) => uid !== 0);
    expect(vnet?.attributes).toEqual(
      expect.arrayContaining([
        { name: 'VN_MAD', value: 'vxlan' },
        { name: 'GATEWAY', value: '10.208.0.1' },
      ]),
    );
    await sweep(place);
  });

  it('holds a VM that has no host yet, until it is to start', async () => {
    place = await startPlace();
    const { driver } = place;
    const { world } = place.one.oned;
    world.isFull = true;
    const spec = place.vm('early');
    expect((await driver.createVm(spec, signal)).status).toBe('creating');
    await driver.stopVm(spec.name, signal);
    expect([...world.vms.values()][0]?.state).toBe(vmState.HOLD);
    expect((await driver.describeVm(spec.name, signal))?.status).toBe('stopped');
    world.isFull = false;
    await driver.startVm(spec.name, signal);
    await place.running(spec);
    await driver.deleteVm(spec.name, signal);
  });

  it('cuts a guest off that does not go by itself', async () => {
    place = await startPlace();
    const { world, calls } = place.one.oned;
    world.hasDeafGuests = true;
    const driver = place.other({ timing: { everyMs: 3, settleMs: 3000, stopMs: 300 } });
    const spec = place.vm('deaf');
    await driver.createVm(spec, signal);
    await place.running(spec);
    const actions = () => calls.filter((method) => method === 'one.vm.action').length;
    const before = actions();
    await driver.stopVm(spec.name, signal);
    expect(actions() - before).toBe(2);
    await driver.deleteVm(spec.name, signal);
  });
});

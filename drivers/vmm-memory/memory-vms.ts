import { PlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import type { Vm, VmSpec, VmStatus } from '@trencadis/vmm';
import { madeUpHostKey } from './host-key.ts';
import type { MemoryVm, MemoryVmmWorld } from './memory-vmm-world.ts';
import { type Site, noRoom } from './site.ts';
import { addressText, hostsPerSubnet } from './subnet-plan.ts';

export function requireVm(world: MemoryVmmWorld, name: VmName): MemoryVm {
  const vm = world.vms.get(name);
  if (vm === undefined) {
    throw new PlatformError('not-found', `The simulated site has no VM ${name}.`, { subject: name });
  }
  return vm;
}

function statusOf({ now }: Site, vm: MemoryVm): VmStatus {
  if (vm.failure !== undefined) return 'failed';
  if (!vm.isOn) return 'stopped';
  return now() < vm.bootedAt ? 'creating' : 'running';
}

export function toVm(site: Site, vm: MemoryVm): Vm {
  const { name, tag, image, cpuCount, memoryMiB, interfaces, disks, login } = vm.spec;
  const status = statusOf(site, vm);
  const isPublic = (index: number) => {
    const network = interfaces[index]?.network;
    return network !== undefined && site.world.networks.get(network)?.network.kind === 'public';
  };
  const reachable = vm.addresses.find((_, index) => isPublic(index)) ?? vm.addresses[0];
  return {
    name,
    tag,
    status,
    image,
    cpuCount,
    memoryMiB,
    addresses: vm.addresses.map(({ network, address }) => ({ network, address })),
    disks,
    ...(reachable && status !== 'creating'
      ? { ssh: { host: reachable.address, port: 22, user: login.user } }
      : {}),
    hostKeys: [vm.hostKey],
    ...(vm.failure === undefined ? {} : { failure: vm.failure }),
  };
}

export function createVm(site: Site, spec: VmSpec): Vm {
  const existing = site.world.vms.get(spec.name);
  if (existing !== undefined) {
    if (existing.spec.tag === spec.tag) return toVm(site, existing);
    throw new PlatformError('conflict', `The VM ${spec.name} exists under another tag.`, {
      subject: spec.name,
    });
  }
  checkReferences(site.world, spec);
  checkQuota(site, spec);
  const vm: MemoryVm = {
    spec,
    addresses: giveAddresses(site.world, spec),
    hostKey: madeUpHostKey(spec.name),
    bootedAt: site.now() + site.bootMs,
    isOn: true,
  };
  for (const { disk } of spec.disks) {
    const place = site.world.disks.get(disk);
    if (place) place.attachedTo = spec.name;
  }
  site.world.vms.set(spec.name, vm);
  return toVm(site, vm);
}

/** Also brings a failed VM back. */
export function powerOn(site: Site, vm: MemoryVm): void {
  if (vm.isOn && vm.failure === undefined) return;
  delete vm.failure;
  vm.isOn = true;
  vm.bootedAt = site.now() + site.bootMs;
}

export function powerOff(vm: MemoryVm): void {
  delete vm.failure;
  vm.isOn = false;
}

function checkReferences(world: MemoryVmmWorld, spec: VmSpec): void {
  const missing = (what: string) =>
    new PlatformError('not-found', `The simulated site has no ${what}, which ${spec.name} needs.`, {
      subject: spec.name,
    });
  if (world.imageLocations?.has(spec.image.location) === false) {
    throw missing(`image ${spec.image.location}`);
  }
  for (const { network } of spec.interfaces) {
    const place = world.networks.get(network);
    if (place === undefined) throw missing(`network ${network}`);
    if (place.attached.size >= hostsPerSubnet) throw noRoom(`addresses on ${network}`, hostsPerSubnet);
  }
  for (const { disk } of spec.disks) {
    const place = world.disks.get(disk);
    if (place === undefined) throw missing(`disk ${disk}`);
    if (place.attachedTo !== undefined) {
      throw new PlatformError('conflict', `The disk ${disk} is attached to ${place.attachedTo}.`, {
        subject: disk,
      });
    }
  }
}

function checkQuota({ world, quota }: Site, spec: VmSpec): void {
  if (quota.vms !== undefined && world.vms.size >= quota.vms) throw noRoom('VMs', quota.vms);
  for (const unit of ['cpuCount', 'memoryMiB'] as const) {
    const limit = quota[unit];
    if (limit === undefined) continue;
    let used = spec[unit];
    for (const vm of world.vms.values()) used += vm.spec[unit];
    if (used > limit) throw noRoom(unit, limit);
  }
}

function giveAddresses(world: MemoryVmmWorld, spec: VmSpec): MemoryVm['addresses'] {
  return spec.interfaces.flatMap(({ network }) => {
    const place = world.networks.get(network);
    const host = place?.hosts.take();
    if (place === undefined || host === undefined) return [];
    place.attached.add(spec.name);
    return [{ network, host, address: addressText(place.subnet, host) }];
  });
}

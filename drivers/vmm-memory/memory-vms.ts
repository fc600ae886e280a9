import { PlatformError } from '@trencadis/errors';
import type { Vm, VmSpec, VmStatus } from '@trencadis/vmm';
import { madeUpHostKey } from './host-key.ts';
import type { MemoryVm, MemoryVmSize, MemoryVmmWorld } from './memory-vmm-world.ts';
import { type Site, isAttached, noRoom } from './site.ts';
import { addressText, hostsPerSubnet } from './subnet-plan.ts';

const consoleLimit = 64 * 1024;

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
    ...(site.hasShells && reachable && status !== 'creating'
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
    throw isForeign(spec);
  }
  checkImageAndNetworks(site.world, spec);
  checkDisks(site.world, spec);
  checkQuota(site, spec);
  const vm: MemoryVm = {
    spec,
    addresses: giveAddresses(site.world, spec),
    hostKey: madeUpHostKey(spec.name),
    bootedAt: site.now() + site.bootMs,
    isOn: true,
    console: bootText(spec),
  };
  site.world.addVm(vm);
  return toVm(site, vm);
}

/** A new size restarts a running VM, as on most clouds; disks come and go while it runs. */
export function updateVm(site: Site, spec: VmSpec): Vm {
  const { world } = site;
  const vm = world.requireVm(spec.name);
  if (vm.spec.tag !== spec.tag) throw isForeign(spec);
  if (!isSameMachine(vm.spec, spec)) {
    throw new PlatformError(
      'unsupported',
      `${spec.name} keeps its image and networks: replace it to change them.`,
      {
        subject: spec.name,
      },
    );
  }
  checkDisks(world, spec);
  if (vm.spec.cpuCount !== spec.cpuCount || vm.spec.memoryMiB !== spec.memoryMiB) {
    checkSize(site, spec, vm.spec);
    world.resizeVm(spec.name, spec);
    if (vm.isOn) reboot(site, vm);
  }
  world.attachDisks(vm, spec.disks);
  return toVm(site, vm);
}

/** Also starts a VM that is off, and brings a failed one back. */
export function reboot(site: Site, vm: MemoryVm): void {
  vm.isOn = false;
  powerOn(site, vm);
}

/** Also brings a failed VM back. */
export function powerOn(site: Site, vm: MemoryVm): void {
  if (vm.isOn && vm.failure === undefined) return;
  delete vm.failure;
  vm.isOn = true;
  vm.bootedAt = site.now() + site.bootMs;
  vm.console = `${vm.console}${bootText(vm.spec)}`.slice(-consoleLimit);
}

function bootText({ hostName, image }: VmSpec): string {
  return `${hostName} boots ${image.location}\n${hostName} login: \n`;
}

function isForeign({ name }: VmSpec): PlatformError {
  return new PlatformError('conflict', `The VM ${name} exists under another tag.`, { subject: name });
}

function isSameMachine(one: VmSpec, other: VmSpec): boolean {
  const networksOf = ({ interfaces }: VmSpec) => interfaces.map(({ network }) => network).join(' ');
  return one.image.location === other.image.location && networksOf(one) === networksOf(other);
}

function missing(what: string, { name }: VmSpec): PlatformError {
  return new PlatformError('not-found', `The simulated site has no ${what}, which ${name} needs.`, {
    subject: name,
  });
}

function checkImageAndNetworks(world: MemoryVmmWorld, spec: VmSpec): void {
  if (!world.hasImage(spec.image.location)) throw missing(`image ${spec.image.location}`, spec);
  for (const { network } of spec.interfaces) {
    const place = world.networks.get(network);
    if (place === undefined) throw missing(`network ${network}`, spec);
    if (place.attached.size >= hostsPerSubnet) throw noRoom(`addresses on ${network}`, hostsPerSubnet);
  }
}

function checkDisks(world: MemoryVmmWorld, spec: VmSpec): void {
  for (const { disk } of spec.disks) {
    const place = world.disks.get(disk);
    if (place === undefined) throw missing(`disk ${disk}`, spec);
    const { attachedTo = spec.name } = place;
    if (attachedTo !== spec.name) throw isAttached(disk, attachedTo);
  }
}

function checkQuota(site: Site, spec: VmSpec): void {
  const { vms } = site.quota;
  if (vms !== undefined && site.world.vms.size >= vms) throw noRoom('VMs', vms);
  checkSize(site, spec);
}

/** `before`: what the VM holds already. */
function checkSize({ world, quota }: Site, size: MemoryVmSize, before?: MemoryVmSize): void {
  for (const unit of ['cpuCount', 'memoryMiB'] as const) {
    const limit = quota[unit];
    const more = size[unit] - (before?.[unit] ?? 0);
    if (limit !== undefined && more > 0 && world.used[unit] + more > limit) throw noRoom(unit, limit);
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

import { PlatformError } from '@trencadis/errors';
import { formatRange, machineAddresses } from '@trencadis/ipv4';
import type { Vm, VmSpec, VmStatus } from '@trencadis/vmm';
import { madeUpHostKey } from './host-key.ts';
import type { MemoryNetwork, MemoryVm, MemoryVmSize, MemoryVmmWorld } from './memory-vmm-world.ts';
import { type Site, isAttached, noRoom } from './site.ts';
import { addressText, hostOf } from './subnet-plan.ts';

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
    ...(site.capabilities.mountsDisks ? {} : { devices: devicesOf(disks) }),
    ...(vm.spec.instanceType === undefined ? {} : { instanceType: vm.spec.instanceType }),
    ...(vm.spec.zone === undefined ? {} : { zone: vm.spec.zone }),
    ...(site.capabilities.shell && reachable && status !== 'creating'
      ? { ssh: { host: reachable.address, port: 22, user: login.user } }
      : {}),
    hostKeys: [vm.hostKey],
    ...(vm.failure === undefined ? {} : { failure: vm.failure }),
  };
}

const devicesOf = (disks: VmSpec['disks']) =>
  Object.fromEntries(disks.map(({ disk }) => [disk, `/dev/disk/by-id/simulated-${disk}`]));

export function createVm(site: Site, spec: VmSpec): Vm {
  const existing = site.world.vms.get(spec.name);
  if (existing !== undefined) {
    if (existing.spec.tag === spec.tag) return toVm(site, existing);
    throw isForeign(spec);
  }
  checkImageAndNetworks(site.world, spec);
  checkOptions(site, spec);
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
    checkOptions(site, spec);
    checkSize(site, spec, vm.spec);
    world.resizeVm(spec.name, spec);
    const { instanceType } = spec;
    if (instanceType !== undefined) vm.spec = { ...vm.spec, instanceType };
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
  for (const { network, address } of spec.interfaces) {
    const place = world.networks.get(network);
    if (place === undefined) throw missing(`network ${network}`, spec);
    const limit = machineAddresses(place.subnet).count;
    if (place.attached.size >= limit) throw noRoom(`addresses on ${network}`, limit);
    if (address !== undefined) checkAddress(place, address, spec);
  }
}

function checkAddress({ subnet, hosts }: MemoryNetwork, address: string, { name }: VmSpec): void {
  const host = hostOf(subnet, address);
  if (host === undefined) {
    const message = `${name} cannot have the address ${address}: hosts of its network are in ${formatRange(subnet)}.`;
    throw new PlatformError('invalid-argument', message, { subject: name });
  }
  if (!hosts.claim(host))
    throw new PlatformError('conflict', `Another VM has the address ${address} that ${name} asks for.`, {
      subject: name,
    });
  // Taken for good by giveAddresses, in the same go.
  hosts.giveBack(host);
}

/** Sizes and zones, as far as the site has them. */
function checkOptions(site: Site, spec: VmSpec): void {
  const problem = zoneProblem(site, spec) ?? typeProblem(site, spec);
  if (problem === undefined) return;
  const [code, why] = problem;
  throw new PlatformError(code, `${spec.name} cannot be made: ${why}.`, { subject: spec.name });
}

type Problem = readonly [code: 'unsupported' | 'invalid-argument' | 'not-found', why: string];

function zoneProblem({ capabilities, zones }: Site, { zone }: VmSpec): Problem | undefined {
  if (zone === undefined || zones.includes(zone)) return undefined;
  if (!capabilities.zones) return ['unsupported', 'the simulated site has no zones'];
  return ['not-found', `there is no zone ${zone}`];
}

function typeProblem({ capabilities, instanceTypes }: Site, spec: VmSpec): Problem | undefined {
  const { instanceType, cpuCount, memoryMiB } = spec;
  if (!capabilities.instanceTypes) {
    const isAsked = instanceType !== undefined;
    return isAsked ? ['unsupported', 'VMs of the simulated site have any size'] : undefined;
  }
  const type = instanceTypes.find(({ name }) => name === instanceType);
  if (type === undefined) return ['invalid-argument', `there is no instance type '${instanceType ?? ''}'`];
  if (type.cpuCount === cpuCount && type.memoryMiB === memoryMiB) return undefined;
  return ['invalid-argument', `a ${type.name} has ${type.cpuCount} CPU and ${type.memoryMiB} MiB`];
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
  return spec.interfaces.flatMap(({ network, address }) => {
    const place = world.networks.get(network);
    if (place === undefined) return [];
    const asked = address === undefined ? undefined : hostOf(place.subnet, address);
    const host = asked ?? place.hosts.take();
    if (host === undefined) return [];
    if (asked !== undefined) place.hosts.claim(asked);
    place.attached.add(spec.name);
    return [{ network, host, address: addressText(place.subnet, host) }];
  });
}

import type { Clock } from '@trencadis/clock';
import type {
  InstanceType,
  QuotaUse,
  VmmCapabilities,
  VmmDriver,
  VmmOperation,
  VmmQuota,
} from '@trencadis/vmm';
import { memoryDisks } from './memory-disks.ts';
import { memoryImages } from './memory-images.ts';
import { memoryNetworks } from './memory-networks.ts';
import { type MemoryQuota, MemoryVmmWorld } from './memory-vmm-world.ts';
import { createVm, powerOn, reboot, toVm, updateVm } from './memory-vms.ts';
import { seededRandom } from './seeded-random.ts';
import type { Call, Site } from './site.ts';

export interface MemoryVmmOptions {
  readonly clock: Clock;
  /** The site to work on; absent: a new, empty one. */
  readonly world?: MemoryVmmWorld;
  /** How long a call takes before it acts: the same for all, or by operation. Default 0: no wait at all. */
  readonly latencyMs?: number | ((operation: VmmOperation) => number);
  /** How long a VM is `creating` after it was created or started. Default 0. */
  readonly bootMs?: number;
  readonly quota?: MemoryQuota;
  /** Whether its VMs say where SSH reaches them, for tests that simulate the shells too. Default true. */
  readonly hasShells?: boolean;
  /** The sizes in which its VMs come; absent: any. */
  readonly instanceTypes?: readonly InstanceType[];
  /** Absent: it has none. */
  readonly zones?: readonly string[];
  /** Networks that it has already, by name. */
  readonly providerNetworks?: readonly string[];
  /** Whether its VMs mount their disks by themselves. Default true. */
  readonly mountsDisks?: boolean;
  /**
   * This share of all calls (0..1) fails with `unavailable`, one half before and one half after the act: what a create
   * that failed has made may exist. The same seed and order of calls: the same failures.
   */
  readonly failures?: { readonly rate: number; readonly seed: number };
}

export interface MemoryVmm extends VmmDriver {
  readonly world: MemoryVmmWorld;
}

export const memoryCapabilities: VmmCapabilities = {
  product: 'memory',
  networks: true,
  disks: true,
  power: true,
  update: { size: 'restart', disks: 'live' },
  images: true,
  userData: true,
  shell: true,
  ports: 'filtered',
  portMapping: true,
  addressing: true,
  providerNetworks: true,
  instanceTypes: false,
  zones: false,
  spot: true,
  mountsDisks: true,
  imageListing: true,
};

/** A VM manager in memory: latency, failures and quotas on demand. Thousands of VMs are cheap. */
export function createMemoryVmm(options: MemoryVmmOptions): MemoryVmm {
  const { clock, latencyMs = 0 } = options;
  const world = options.world ?? new MemoryVmmWorld();
  const latencyOf = typeof latencyMs === 'number' ? () => latencyMs : latencyMs;
  const misfortune = misfortuneOf(world, options.failures);
  const call: Call = async (operation, signal, act) => {
    signal.throwIfAborted();
    const waitMs = latencyOf(operation);
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    misfortune(operation);
    return world.carryOut(operation, act);
  };
  const site = siteOf(options, world);
  return {
    world,
    capabilities: site.capabilities,
    createVm: (spec, signal) => call('createVm', signal, () => createVm(site, spec)),
    deleteVm: (name, signal) => call('deleteVm', signal, () => world.removeVm(name)),
    describeVm: (name, signal) =>
      call('describeVm', signal, () => {
        const vm = world.vms.get(name);
        return vm && toVm(site, vm);
      }),
    listVms: (tag, signal) => call('listVms', signal, () => world.vms.ofTag(tag).map((vm) => toVm(site, vm))),
    startVm: (name, signal) => call('startVm', signal, () => powerOn(site, world.requireVm(name))),
    stopVm: (name, signal) => call('stopVm', signal, () => world.stopVm(name)),
    rebootVm: (name, signal) => call('rebootVm', signal, () => reboot(site, world.requireVm(name))),
    updateVm: (spec, signal) => call('updateVm', signal, () => updateVm(site, spec)),
    readConsole: (name, signal) => call('readConsole', signal, () => world.requireVm(name).console),
    quota: (signal) => call('quota', signal, () => quotaOf(site)),
    listInstanceTypes: (signal) => call('listInstanceTypes', signal, () => site.instanceTypes),
    checkRights: (signal) => call('checkRights', signal, () => allRights),
    networks: memoryNetworks(site, call),
    disks: memoryDisks(site, call),
    images: memoryImages(site, call),
  };
}

/** Whoever has the driver may do everything. */
const allRights: Awaited<ReturnType<VmmDriver['checkRights']>> = ['list machines', 'create machines'].map(
  (right) => ({ right, holds: true, because: 'the simulated site allows everything' }),
);

function siteOf(options: MemoryVmmOptions, world: MemoryVmmWorld): Site {
  const { clock, bootMs = 0, quota = {}, hasShells: shell = true, mountsDisks = true } = options;
  const { instanceTypes = [], zones = [], providerNetworks = [] } = options;
  const sizes = { instanceTypes: instanceTypes.length > 0, zones: zones.length > 0 };
  const capabilities = { ...memoryCapabilities, ...sizes, shell, mountsDisks };
  const now = () => clock.now().getTime();
  return { world, quota, bootMs, capabilities, instanceTypes, zones, providerNetworks, now };
}

function misfortuneOf(
  world: MemoryVmmWorld,
  { rate, seed } = { rate: 0, seed: 0 },
): (operation: VmmOperation) => void {
  const random = seededRandom(seed);
  return (operation) => {
    if (random() >= rate) return;
    if (random() < 0.5) world.failNext(operation, 'unavailable');
    else world.failAfter(operation, 'unavailable');
  };
}

function quotaOf({ world, quota }: Site): VmmQuota {
  const used = { ...world.used, vms: world.vms.size, networks: world.networks.size };
  const units = ['vms', 'cpuCount', 'memoryMiB', 'networks', 'diskGiB'] as const;
  return Object.fromEntries(
    units.flatMap((unit): [string, QuotaUse][] => {
      const limit = quota[unit];
      return limit === undefined ? [] : [[unit, { used: used[unit], limit }]];
    }),
  );
}

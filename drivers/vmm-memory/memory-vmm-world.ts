import { type ErrorCode, PlatformError } from '@trencadis/errors';
import type { DiskName, NetworkName, VmName } from '@trencadis/ids';
import type { Ipv4Range } from '@trencadis/ipv4';
import type {
  BootableImage,
  Disk,
  ImageReference,
  Network,
  VmAddress,
  VmDisk,
  VmImage,
  VmSpec,
  VmmOperation,
} from '@trencadis/vmm';
import { NumberPool } from './number-pool.ts';
import { subnetCount } from './subnet-plan.ts';
import { TaggedMap } from './tagged-map.ts';

/** What the simulated site has room for; absent: no limit. */
export interface MemoryQuota {
  readonly vms?: number;
  readonly cpuCount?: number;
  readonly memoryMiB?: number;
  readonly networks?: number;
  readonly diskGiB?: number;
}

export interface MemoryVm {
  spec: VmSpec;
  readonly addresses: readonly (VmAddress & { readonly host: number })[];
  readonly hostKey: string;
  /** Milliseconds of the clock. */
  bootedAt: number;
  isOn: boolean;
  failure?: string;
  /** What its console has shown. */
  console: string;
}

export interface MemoryNetwork {
  network: Network;
  readonly subnet: Ipv4Range;
  /** Of the pool of subnets; absent where one was asked for. */
  readonly index?: number;
  readonly hosts: NumberPool;
  readonly attached: Set<VmName>;
}

export interface MemoryDisk {
  readonly disk: Disk;
  attachedTo?: VmName;
}

/** The part of a spec that may change while the VM stays. */
export type MemoryVmSize = Pick<VmSpec, 'cpuCount' | 'memoryMiB'>;

interface PlannedFailure {
  readonly code: ErrorCode;
  readonly isAfter: boolean;
}

/**
 * The simulated site itself. It outlives the drivers on top of it, as a real VM manager outlives the platform's
 * process: hand the same world to a second driver to simulate a restart.
 */
export class MemoryVmmWorld {
  readonly vms = new TaggedMap<VmName, MemoryVm>(({ spec }) => spec.tag);
  readonly networks = new TaggedMap<NetworkName, MemoryNetwork>(({ network }) => network.tag);
  readonly disks = new TaggedMap<DiskName, MemoryDisk>(({ disk }) => disk.tag);
  readonly images = new TaggedMap<string, VmImage>(({ tag }) => tag);
  readonly subnets = new NumberPool(subnetCount);
  /** Those that are in the way of planned ones. */
  readonly askedSubnets = new Map<NetworkName, Ipv4Range>();
  /** The site's own networks that were used once, by name. */
  readonly lent = new Map<string, Pick<MemoryNetwork, 'subnet' | 'hosts'>>();
  /** What all VMs and disks hold together, kept up to date: a sum at each creation would be quadratic. */
  readonly used = { cpuCount: 0, memoryMiB: 0, diskGiB: 0 };
  readonly #images: ReadonlyMap<string, ImageReference> | undefined;
  readonly #planned = new Map<VmmOperation, PlannedFailure[]>();
  readonly #calls = new Map<VmmOperation, number>();

  /** `images`: those that exist beside the snapshots; absent: every image exists. */
  constructor(options: { readonly images?: readonly ImageReference[] } = {}) {
    this.#images = options.images && new Map(options.images.map((image) => [image.location, image]));
  }

  /** The next `times` calls of `operation` fail with `code` and do nothing. */
  failNext(operation: VmmOperation, code: ErrorCode, times = 1): void {
    this.#plan(operation, { code, isAfter: false }, times);
  }

  /** The next `times` calls of `operation` do their work, then fail with `code`: a create that timed out may exist. */
  failAfter(operation: VmmOperation, code: ErrorCode, times = 1): void {
    this.#plan(operation, { code, isAfter: true }, times);
  }

  /** How often `operation` was called, failed calls too. */
  calls(operation: VmmOperation): number {
    return this.#calls.get(operation) ?? 0;
  }

  /** The VM's status becomes `failed`, as when its host breaks. */
  failVm(name: VmName, failure: string): void {
    const vm = this.requireVm(name);
    vm.failure = failure;
    vm.console += `${failure}\n`;
  }

  /** The VM goes off, as when somebody stops it past the platform. */
  stopVm(name: VmName): void {
    const vm = this.requireVm(name);
    delete vm.failure;
    vm.isOn = false;
  }

  /** The VM has another size, as when somebody resizes it past the platform. No quota is looked at. */
  resizeVm(name: VmName, size: MemoryVmSize): void {
    const vm = this.requireVm(name);
    const { cpuCount, memoryMiB } = size;
    this.used.cpuCount += cpuCount - vm.spec.cpuCount;
    this.used.memoryMiB += memoryMiB - vm.spec.memoryMiB;
    vm.spec = { ...vm.spec, cpuCount, memoryMiB };
  }

  /** The VM and its attachments vanish, as when somebody deletes it past the platform. Absent: nothing. */
  removeVm(name: VmName): void {
    const vm = this.vms.get(name);
    if (vm === undefined) return;
    for (const { network, host } of vm.addresses) {
      const place = this.networks.get(network);
      place?.attached.delete(name);
      place?.hosts.giveBack(host);
    }
    this.attachDisks(vm, []);
    this.used.cpuCount -= vm.spec.cpuCount;
    this.used.memoryMiB -= vm.spec.memoryMiB;
    this.vms.delete(name);
  }

  requireVm(name: VmName): MemoryVm {
    const vm = this.vms.get(name);
    if (vm !== undefined) return vm;
    throw new PlatformError('not-found', `The simulated site has no VM ${name}.`, { subject: name });
  }

  /** For drivers: a checked VM comes to be. */
  addVm(vm: MemoryVm): void {
    this.used.cpuCount += vm.spec.cpuCount;
    this.used.memoryMiB += vm.spec.memoryMiB;
    this.vms.set(vm.spec.name, vm);
    this.attachDisks(vm, vm.spec.disks);
  }

  /** For drivers: the VM has these disks, and no others. */
  attachDisks(vm: MemoryVm, disks: readonly VmDisk[]): void {
    for (const { disk } of vm.spec.disks) delete this.disks.get(disk)?.attachedTo;
    vm.spec = { ...vm.spec, disks };
    for (const { disk } of disks) {
      const place = this.disks.get(disk);
      if (place) place.attachedTo = vm.spec.name;
    }
  }

  hasImage(location: string): boolean {
    if (location.startsWith('snapshot:')) return this.images.has(location.slice('snapshot:'.length));
    return this.#images?.has(location) ?? true;
  }

  /** Those that the site was given, and the snapshots. */
  bootableImages(): readonly BootableImage[] {
    const given = [...(this.#images?.values() ?? [])].map((image) => ({ ...image, name: image.location }));
    const snapshots = [...this.images.values()].map(({ name, location, digest }) => ({
      name,
      location,
      digest,
    }));
    return [...given, ...snapshots];
  }

  /** Everything that exists, as `vm:a`, `network:b`, `disk:c`, `image:d`. */
  leftovers(): readonly string[] {
    return [
      ...[...this.vms.keys()].map((name) => `vm:${name}`),
      ...[...this.networks.keys()].map((name) => `network:${name}`),
      ...[...this.disks.keys()].map((name) => `disk:${name}`),
      ...[...this.images.keys()].map((name) => `image:${name}`),
    ];
  }

  /** For drivers: runs `act` as a call of `operation`, counted, and failing when that was asked for. */
  carryOut<Result>(operation: VmmOperation, act: () => Result): Result {
    this.#calls.set(operation, this.calls(operation) + 1);
    const failure = this.#planned.get(operation)?.shift();
    if (failure === undefined) return act();
    if (failure.isAfter) act();
    throw new PlatformError(failure.code, `The simulated site was told to fail ${operation}.`, {
      subject: operation,
    });
  }

  #plan(operation: VmmOperation, failure: PlannedFailure, times: number): void {
    const queue = this.#planned.get(operation) ?? [];
    for (let i = 0; i < times; i++) queue.push(failure);
    this.#planned.set(operation, queue);
  }
}

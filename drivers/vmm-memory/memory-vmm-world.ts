import { type ErrorCode, PlatformError } from '@trencadis/errors';
import type { DiskName, NetworkName, VmName } from '@trencadis/ids';
import type { Disk, ImageReference, Network, VmAddress, VmSpec, VmmOperation } from '@trencadis/vmm';
import { NumberPool } from './number-pool.ts';
import { subnetCount } from './subnet-plan.ts';

/** What the simulated site has room for; absent: no limit. */
export interface MemoryQuota {
  readonly vms?: number;
  readonly cpuCount?: number;
  readonly memoryMiB?: number;
  readonly networks?: number;
  readonly diskGiB?: number;
}

export interface MemoryVm {
  readonly spec: VmSpec;
  readonly addresses: readonly (VmAddress & { readonly host: number })[];
  readonly hostKey: string;
  /** Milliseconds of the clock. */
  bootedAt: number;
  isOn: boolean;
  failure?: string;
}

export interface MemoryNetwork {
  readonly network: Network;
  readonly subnet: number;
  readonly hosts: NumberPool;
  readonly attached: Set<VmName>;
}

interface PlannedFailure {
  readonly code: ErrorCode;
  readonly isAfter: boolean;
}

/**
 * The simulated site itself. It outlives the drivers on top of it, as a real VM manager outlives the platform's
 * process: hand the same world to a second driver to simulate a restart.
 */
export class MemoryVmmWorld {
  readonly vms = new Map<VmName, MemoryVm>();
  readonly networks = new Map<NetworkName, MemoryNetwork>();
  readonly disks = new Map<DiskName, { readonly disk: Disk; attachedTo?: VmName }>();
  readonly subnets = new NumberPool(subnetCount);
  /** Locations of the images that exist; `undefined`: every image exists. */
  readonly imageLocations: ReadonlySet<string> | undefined;
  readonly #planned = new Map<VmmOperation, PlannedFailure[]>();
  readonly #calls = new Map<VmmOperation, number>();

  constructor(options: { readonly images?: readonly ImageReference[] } = {}) {
    this.imageLocations = options.images && new Set(options.images.map(({ location }) => location));
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
    const vm = this.vms.get(name);
    if (vm === undefined) throw new PlatformError('not-found', `The simulated site has no VM ${name}.`);
    vm.failure = failure;
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
    for (const { disk } of vm.spec.disks) delete this.disks.get(disk)?.attachedTo;
    this.vms.delete(name);
  }

  /** Everything that exists, as `vm:a`, `network:b`, `disk:c`. */
  leftovers(): readonly string[] {
    return [
      ...[...this.vms.keys()].map((name) => `vm:${name}`),
      ...[...this.networks.keys()].map((name) => `network:${name}`),
      ...[...this.disks.keys()].map((name) => `disk:${name}`),
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

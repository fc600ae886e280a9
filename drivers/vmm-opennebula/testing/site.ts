import { isPlatformError } from '@trencadis/errors';
import { brandId, newUuid } from '@trencadis/ids';
import type { DiskSpec, NetworkSpec, SnapshotSpec, VmSpec, VmmDriver } from '@trencadis/vmm';
import { type OpenNebulaVmmOptions, createOpenNebulaVmm } from '../index.ts';
import { type RunningOpenNebula, type SimulatedOnedOptions, startOpenNebula } from './index.ts';

export const signal = new AbortController().signal;
/** As fast as the simulated one. */
export const timing = { everyMs: 3, settleMs: 3000, stopMs: 1000 };

/** A simulated OpenNebula, a driver of it, and specs of what a test makes there. */
export interface Place {
  readonly one: RunningOpenNebula;
  readonly driver: VmmDriver;
  /** Another process that uses the same account. */
  other(changes?: Partial<OpenNebulaVmmOptions>): VmmDriver;
  vm(label: string, changes?: Partial<VmSpec>): VmSpec;
  network(label: string, changes?: Partial<NetworkSpec>): NetworkSpec;
  disk(label: string): DiskSpec;
  snapshot(vm: VmSpec, label: string): SnapshotSpec;
  /** Until it runs. */
  running(spec: VmSpec): Promise<void>;
  /** Stops it. What a test left there is an error. */
  leave(): Promise<void>;
}

export async function startPlace(
  options: SimulatedOnedOptions = {},
  account: Partial<RunningOpenNebula['credentials']> = {},
): Promise<Place> {
  const one = await startOpenNebula({ stepMs: 2, ...options });
  const credentials = { ...one.credentials, ...account };
  const other = (changes: Partial<OpenNebulaVmmOptions> = {}) =>
    createOpenNebulaVmm({ endpoint: one.endpoint, credentials, timing, ...changes });
  const tag = brandId('Tag', `one-${newUuid().slice(0, 8)}`);
  const driver = other();
  return {
    one,
    driver,
    other,
    vm: (label, changes = {}) => ({
      name: brandId('VmName', `${tag}-${label}`),
      tag,
      hostName: label,
      image: one.image,
      cpuCount: 1,
      memoryMiB: 256,
      interfaces: [],
      disks: [],
      login: { user: 'admin', authorizedKey: 'ssh-ed25519 AAAA test' },
      ...changes,
    }),
    network: (label, changes = {}) => ({
      name: brandId('NetworkName', `${tag}-${label}`),
      tag,
      kind: 'private',
      ...changes,
    }),
    disk: (label) => ({ name: brandId('DiskName', `${tag}-${label}`), tag, sizeGiB: 2 }),
    snapshot: (vm, label) => ({ vm: vm.name, name: `${tag}-${label}`, tag }),
    running: async ({ name }) => {
      const deadline = performance.now() + timing.settleMs;
      for (;;) {
        const vm = await driver.describeVm(name, signal);
        if (vm?.status === 'running') return;
        if (performance.now() > deadline) throw new Error(`${name} is ${vm?.status}`);
        await new Promise((resolve) => setTimeout(resolve, timing.everyMs));
      }
    },
    leave: async () => {
      const left = await one.leftovers();
      await one.stop();
      if (left.length > 0) throw new Error(`Left behind: ${left.join(', ')}`);
    },
  };
}

/** What `work` fails with: code and message. */
export async function failureOf(
  work: Promise<unknown>,
): Promise<{ readonly code: string; readonly message: string }> {
  try {
    await work;
    return { code: 'succeeded', message: '' };
  } catch (error) {
    if (isPlatformError(error)) return error;
    throw error;
  }
}

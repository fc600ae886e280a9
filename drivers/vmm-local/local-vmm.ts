import { type Clock, systemClock } from '@trencadis/clock';
import type { VmName } from '@trencadis/ids';
import type { VmmDriver } from '@trencadis/vmm';
import { createMachine, creationSteps } from './create-machine.ts';
import { deleteMachine } from './delete-machine.ts';
import { notFound, translated } from './errors.ts';
import { KeyedMutex } from './keyed-mutex.ts';
import { layoutOf } from './layout.ts';
import { localDisks } from './local-disks.ts';
import { localNetworks } from './local-networks.ts';
import { hasBooted, observeMachine } from './machine-state.ts';
import { bootSteps, leaderOf, powerOff } from './power.ts';
import { type MachineRecord, listMachines, readMachine } from './records.ts';
import type { Site } from './site.ts';
import { parsePool } from './subnets.ts';

export interface LocalVmmOptions {
  /** Absolute path of the directory that holds every fact about machines, networks and disks; made when absent. */
  readonly directory: string;
  /** IPv4 range; each network takes a free /24 of it. Default 10.203.0.0/16. */
  readonly addressPool?: string;
  /** How long a machine may take to power itself off before it is killed. Default 20 s. */
  readonly stopTimeoutMs?: number;
  readonly clock?: Clock;
}

const defaultAddressPool = '10.203.0.0/16';

/**
 * Machines on this host: systemd-nspawn booting a real Debian on overlayfs over an image's root filesystem. Needs root;
 * `probeLocalVmm` says what is missing. A machine shares the host's kernel: it is a boundary for order, not against an
 * attacker who is root inside.
 */
export function createLocalVmm(options: LocalVmmOptions): VmmDriver {
  const site = siteOf(options);
  const mutex = new KeyedMutex();
  const exclusive = <Result>(name: VmName, signal: AbortSignal, work: () => Promise<Result>) =>
    translated(signal, () =>
      mutex.run(name, () => {
        signal.throwIfAborted();
        return work();
      }),
    );
  return {
    capabilities: { product: 'local', networks: true, disks: true, power: true },
    createVm: (spec, signal) =>
      exclusive(spec.name, signal, async () => observeMachine(site, await createMachine(site, spec, signal))),
    deleteVm: (name, signal) => exclusive(name, signal, () => deleteMachine(site, name, signal)),
    describeVm: (name, signal) =>
      translated(signal, async () => {
        const machine = await readMachine(site.layout, name);
        return machine && (await observeMachine(site, machine));
      }),
    listVms: (tag, signal) =>
      translated(signal, async () => {
        const machines = (await listMachines(site.layout)).filter(({ spec }) => spec.tag === tag);
        return Promise.all(machines.map((machine) => observeMachine(site, machine)));
      }),
    startVm: (name, signal) => exclusive(name, signal, () => start(site, name, signal)),
    stopVm: (name, signal) =>
      exclusive(name, signal, async () => powerOff(site, await requireMachine(site, name), signal)),
    networks: localNetworks(site),
    disks: localDisks(site),
  };
}

export function siteOf(options: LocalVmmOptions): Site {
  const text = options.addressPool ?? defaultAddressPool;
  return {
    layout: layoutOf(options.directory),
    pool: { text, range: parsePool(text) },
    clock: options.clock ?? systemClock,
    stopTimeoutMs: options.stopTimeoutMs ?? 20_000,
  };
}

async function start(site: Site, name: VmName, signal: AbortSignal): Promise<void> {
  const machine = await requireMachine(site, name);
  const places = site.layout.machine(name);
  if ((await leaderOf(places.kernelName)) !== undefined) return;
  const steps = (await hasBooted(places)) ? bootSteps : creationSteps;
  for (const step of steps) await step(site, machine, signal);
}

async function requireMachine({ layout }: Site, name: VmName): Promise<MachineRecord> {
  const machine = await readMachine(layout, name);
  if (machine === undefined) throw notFound('VM', name);
  return machine;
}

import { access } from 'node:fs/promises';
import type { Vm, VmStatus } from '@trencadis/vmm';
import { processesIn } from './cgroup.ts';
import { lastConsoleLines } from './console.ts';
import type { MachinePlaces } from './layout.ts';
import { leaderOf } from './power.ts';
import { type MachineRecord, isMissing, readNetwork } from './records.ts';
import type { Site } from './site.ts';
import { readHostKey } from './write-layer.ts';

interface Observed {
  readonly status: VmStatus;
  readonly failure?: string;
}

/** The VM as its files and the kernel show it now; nothing about its state is stored. */
export async function observeMachine(site: Site, machine: MachineRecord): Promise<Vm> {
  const { name, tag, image, cpuCount, memoryMiB, disks, login } = machine.spec;
  const places = site.layout.machine(name);
  const observed = await observe(places);
  const host = await reachableAddress(site, machine);
  const hostKey = await readHostKey(places.hostKey);
  const isReachable = observed.status === 'running' || observed.status === 'stopped';
  return {
    name,
    tag,
    ...observed,
    image,
    cpuCount,
    memoryMiB,
    addresses: machine.addresses,
    disks,
    ...(host !== undefined && isReachable ? { ssh: { host, port: 22, user: login.user } } : {}),
    hostKeys: hostKey === undefined ? [] : [hostKey],
  };
}

async function observe(places: MachinePlaces): Promise<Observed> {
  if ((await leaderOf(places.kernelName)) !== undefined) return { status: 'running' };
  if ((await processesIn(places.kernelName)).length > 0) return { status: 'creating' };
  if (await hasBooted(places)) return { status: 'stopped' };
  const lines = await lastConsoleLines(places);
  const last = lines.at(-1);
  return last === undefined || last === '' ? { status: 'creating' } : { status: 'failed', failure: last };
}

export async function hasBooted(places: MachinePlaces): Promise<boolean> {
  try {
    await access(places.booted);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** The first address on a public network, else the first of all: the host is on every network. */
async function reachableAddress({ layout }: Site, { addresses }: MachineRecord): Promise<string | undefined> {
  for (const { network, address } of addresses) {
    if ((await readNetwork(layout, network))?.kind === 'public') return address;
  }
  return addresses[0]?.address;
}

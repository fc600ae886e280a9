import { join } from 'node:path';
import type { VmName } from '@trencadis/ids';
import { type Bed, startBed } from '@trencadis/openstack-client/testing';
import type { ImageReference } from '@trencadis/vmm';
import type { OpenstackCredentials } from '../credentials.ts';
import { type Admin, openAdmin } from './admin.ts';
import { cable, freeAddresses } from './cable.ts';

export interface Openstack {
  /** Of Keystone. */
  readonly endpoint: string;
  /** Of a member of the project `trencadis`. */
  readonly credentials: OpenstackCredentials;
  /** Of one that may only read there. */
  readonly readerCredentials: OpenstackCredentials;
  /** Of a member of the project `cramped`, whose quotas a test may change. */
  readonly crampedCredentials: OpenstackCredentials;
  readonly image: ImageReference;
  /** A network that all projects may use. */
  readonly providerNetwork: string;
  /** What every project still holds that was not there from the beginning. */
  readonly leftovers: () => Promise<readonly string[]>;
  /** A process in the network namespace of its services, where others may be put beside them. */
  readonly pid: number;
  /** Deletes a VM past the driver. */
  readonly removeBehind: (name: VmName) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface RunningOpenstack extends Openstack {
  readonly admin: Admin;
}

/** `nova-compute-ironic` is the smallest that Debian takes for a hypervisor; the virt driver is Nova's own fake one. */
const bed: Bed = {
  name: 'openstack',
  packages: [
    'keystone',
    'glance-api',
    'placement-api',
    'nova-api',
    'nova-conductor',
    'nova-scheduler',
    'nova-compute',
    'nova-compute-ironic',
    'neutron-server',
    'cinder-api',
    'cinder-scheduler',
    'cinder-volume',
    'rabbitmq-server',
  ],
  scripts: join(import.meta.dirname, 'bed'),
};

/**
 * Keystone, Placement, Glance, Nova with its fake virt driver, Neutron and Cinder, from Debian's packages, in namespaces
 * of their own. Needs root and mmdebstrap. From nothing three minutes and 1.7 GB; afterwards half a minute.
 */
export async function startOpenstack(): Promise<RunningOpenstack> {
  const { address, pid, stop } = await startBed(bed, async () => {
    const addresses = await freeAddresses();
    return { address: addresses.services, connect: (entered) => cable(entered, addresses) };
  });
  try {
    return { ...(await facts(`http://${address}:5000/v3`)), pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function facts(endpoint: string): Promise<Omit<RunningOpenstack, 'pid' | 'stop'>> {
  const admin = await openAdmin(endpoint);
  const account = (username: string, projectName: string): OpenstackCredentials => ({
    username,
    password: username,
    projectName,
    guests: 'simulated',
  });
  return {
    endpoint,
    credentials: account('deployer', 'trencadis'),
    readerCredentials: account('watcher', 'trencadis'),
    crampedCredentials: account('cramped', 'cramped'),
    image: await admin.image(),
    providerNetwork: 'campus',
    leftovers: () => admin.leftovers(),
    removeBehind: (name) => admin.removeServer(name),
    admin,
  };
}

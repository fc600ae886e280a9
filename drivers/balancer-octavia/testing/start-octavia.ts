import { join } from 'node:path';
import { type Bed, startBed } from '@trencadis/openstack-client/testing';

/** An OpenStack that runs here already. */
export interface RunningCloud {
  /** A process in its network namespace. */
  readonly pid: number;
  /** Of Keystone. */
  readonly endpoint: string;
}

export interface RunningOctavia {
  /** Tells Octavia how members are, as a provider does: `ONLINE`, `ERROR`... */
  readonly report: (statuses: Readonly<Record<string, string>>) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const bed: Bed = {
  name: 'octavia',
  packages: ['octavia-api', 'octavia-worker', 'octavia-driver-agent', 'barbican-api'],
  scripts: join(import.meta.dirname, 'bed'),
};

/**
 * Octavia's API and worker, and Barbican, from Debian's packages, beside a running OpenStack: in its network, known to its
 * Keystone. The worker takes everything through its states and makes no machines, so that nothing balances; VIP ports
 * are Neutron's. Needs root and mmdebstrap. From nothing two minutes and 0.9 GB; afterwards ten seconds.
 */
export async function startOctavia({ endpoint, pid }: RunningCloud): Promise<RunningOctavia> {
  const place = { address: new URL(endpoint).hostname, beside: pid };
  const { tell, stop } = await startBed(bed, async () => place);
  return { report: (statuses) => tell(Object.entries(statuses).flat().join(' ')), stop };
}

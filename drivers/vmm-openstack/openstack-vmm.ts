import { type Clock, systemClock } from '@trencadis/clock';
import { createExclusive } from '@trencadis/mutex';
import { translated } from '@trencadis/openstack-client';
import type { VmmCapabilities, VmmDriver } from '@trencadis/vmm';
import { checkRights } from './check-rights.ts';
import { openCloud } from './cloud.ts';
import type { OpenstackCredentials } from './credentials.ts';
import { listInstanceTypes } from './instance-types.ts';
import { openstackDisks } from './openstack-disks.ts';
import { openstackImages } from './openstack-images.ts';
import { openstackNetworks } from './openstack-networks.ts';
import { openstackVms } from './openstack-vms.ts';
import { projectQuota } from './quota.ts';

export interface OpenstackVmmOptions {
  /** Of Keystone: `https://cloud.example:5000/v3`. */
  readonly endpoint?: string;
  readonly credentials: OpenstackCredentials;
  readonly clock?: Clock;
  /** For one answer of the cloud. Default 60 s. */
  readonly timeoutMs?: number;
}

/**
 * The VMs, networks, disks and images of one project of an OpenStack cloud: Keystone v3, Nova from Rocky on, Neutron,
 * Glance v2 and Cinder v3. All that is known of them is at the cloud, so that any process finds it.
 */
export function createOpenstackVmm(options: OpenstackVmmOptions): VmmDriver {
  const { credentials, clock = systemClock } = options;
  const cloud = openCloud({ ...options, clock });
  const exclusive = createExclusive(translated);
  return {
    capabilities: capabilitiesOf(credentials),
    ...openstackVms(cloud, exclusive),
    quota: (signal) => exclusive(undefined, signal, () => projectQuota(cloud, signal)),
    listInstanceTypes: (signal) => exclusive(undefined, signal, () => listInstanceTypes(cloud, signal)),
    checkRights: (signal) => exclusive(undefined, signal, () => checkRights(cloud, signal)),
    networks: openstackNetworks(cloud, exclusive),
    disks: openstackDisks(cloud, exclusive),
    images: openstackImages(cloud, exclusive),
  };
}

function capabilitiesOf({ blockStorage = true, guests }: OpenstackCredentials): VmmCapabilities {
  return {
    product: 'openstack',
    networks: true,
    disks: blockStorage,
    power: true,
    update: { size: 'restart', disks: blockStorage ? 'live' : false },
    images: true,
    userData: true,
    shell: guests !== 'simulated',
    ports: 'filtered',
    portMapping: false,
    addressing: true,
    providerNetworks: true,
    instanceTypes: true,
    zones: true,
    spot: false,
    mountsDisks: false,
    imageListing: true,
  };
}

import { type Clock, systemClock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { VmmDriver } from '@trencadis/vmm';
import { layoutOf } from './layout.ts';
import { localDisks } from './local-disks.ts';
import { localMachines } from './local-machines.ts';
import { localNetworks } from './local-networks.ts';
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
  return {
    capabilities: {
      product: 'local',
      networks: true,
      disks: true,
      power: true,
      update: { size: false, disks: false },
      images: false,
      userData: false,
    },
    ...localMachines(site),
    quota: async () => ({}),
    networks: localNetworks(site),
    disks: localDisks(site),
    images: { snapshotVm: unsupported, deleteImage: unsupported, listImages: unsupported },
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

function unsupported(): Promise<never> {
  return Promise.reject(new PlatformError('unsupported', 'Local machines cannot do this.'));
}

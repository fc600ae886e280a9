import { type Clock, systemClock } from '@trencadis/clock';
import type { VmmDriver } from '@trencadis/vmm';
import { translated } from './errors.ts';
import { KeyedMutex } from './keyed-mutex.ts';
import { layoutOf } from './layout.ts';
import { localDisks } from './local-disks.ts';
import { localImages } from './local-images.ts';
import { localMachines } from './local-machines.ts';
import { localNetworks } from './local-networks.ts';
import { localQuota } from './local-quota.ts';
import type { Exclusive, Site } from './site.ts';
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
  const exclusive: Exclusive = (name, signal, work) =>
    translated(signal, () =>
      mutex.run(name, () => {
        signal.throwIfAborted();
        return work();
      }),
    );
  return {
    capabilities: {
      product: 'local',
      networks: true,
      disks: true,
      power: true,
      update: { size: 'live', disks: 'restart' },
      images: true,
      userData: true,
      shell: true,
    },
    ...localMachines(site, exclusive),
    quota: (signal) => translated(signal, () => localQuota(site, signal)),
    networks: localNetworks(site),
    disks: localDisks(site),
    images: localImages(site, exclusive),
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

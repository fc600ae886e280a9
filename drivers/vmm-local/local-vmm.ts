import type { VmmDriver } from '@trencadis/vmm';
import { translated } from './errors.ts';
import { KeyedMutex } from '@trencadis/mutex';
import { localDisks } from './local-disks.ts';
import { localImages } from './local-images.ts';
import { localMachines } from './local-machines.ts';
import { localNetworks } from './local-networks.ts';
import { localQuota } from './local-quota.ts';
import { localRights } from './local-rights.ts';
import { type Exclusive, type LocalVmmOptions, siteOf } from './site.ts';

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
      ports: 'open',
      portMapping: true,
      addressing: true,
      providerNetworks: false,
      instanceTypes: false,
      zones: false,
      spot: false,
      mountsDisks: true,
      imageListing: false,
    },
    ...localMachines(site, exclusive),
    quota: (signal) => translated(signal, () => localQuota(site, signal)),
    listInstanceTypes: async () => [],
    checkRights: (signal) => translated(signal, () => localRights(options)),
    networks: localNetworks(site),
    disks: localDisks(site),
    images: localImages(site, exclusive),
  };
}

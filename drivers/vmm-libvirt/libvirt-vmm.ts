import { type Clock, systemClock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import { parsePool } from '@trencadis/ipv4';
import type { Vm, VmmDriver } from '@trencadis/vmm';
import { probeAcceleration } from './acceleration.ts';
import { connectionOf } from './connection.ts';
import { readConsole } from './console.ts';
import { createVm } from './create-vm.ts';
import type { LibvirtCredentials } from './credentials.ts';
import { deleteVm } from './delete-vm.ts';
import { describeDomains } from './describe-vm.ts';
import { type Domain, findDomain, listDomains } from './domains.ts';
import { translated } from './errors.ts';
import { readQuota } from './host.ts';
import { KeyedMutex } from '@trencadis/mutex';
import { libvirtDisks } from './libvirt-disks.ts';
import { libvirtImages } from './libvirt-images.ts';
import { libvirtNetworks } from './libvirt-networks.ts';
import { rebootVm, startVm, stopVm } from './power.ts';
import { libvirtRights } from './rights.ts';
import type { Acceleration, Site } from './site.ts';
import { StoragePool } from './storage-pool.ts';
import { updateVm } from './update-vm.ts';
import { Virsh } from './virsh.ts';

export interface LibvirtVmmOptions {
  /** `qemu:///system`, which is the default, or `qemu+ssh://USER@HOST/system`. */
  readonly endpoint?: string;
  readonly credentials: LibvirtCredentials;
  readonly clock?: Clock;
  /** How long a VM may take to power itself off before it is switched off. Default 20 s. */
  readonly stopTimeoutMs?: number;
}

const defaultEndpoint = 'qemu:///system';

/**
 * VMs of QEMU, under KVM where that works and TCG where not, through libvirt 9.0 or newer, on this host or over SSH.
 * Needs the packages libvirt-clients and genisoimage here; on libvirt's host libvirt-daemon-system, dnsmasq-base and
 * qemu-system-x86. Everything that is made has its name and tag with it there: domains in their metadata, volumes in
 * their names, networks in a TXT record. Base images (`trencadis.base.*`) stay in the pool as a cache; remove them
 * when no VM is there.
 */
export function createLibvirtVmm(options: LibvirtVmmOptions): VmmDriver {
  const site = siteOf(options);
  return {
    capabilities: {
      product: 'libvirt',
      networks: true,
      disks: true,
      power: true,
      update: { size: 'restart', disks: 'live' },
      images: true,
      userData: true,
      shell: site.hasGuests,
      ports: 'open',
      portMapping: false,
      addressing: true,
      providerNetworks: true,
      instanceTypes: false,
      zones: false,
      spot: false,
      mountsDisks: false,
      imageListing: true,
    },
    ...libvirtVms(site),
    quota: (signal) => translated(signal, () => readQuota(site, signal)),
    listInstanceTypes: (signal) => translated(signal, async () => []),
    checkRights: (signal) => translated(signal, () => libvirtRights(site, signal)),
    networks: libvirtNetworks(site),
    disks: libvirtDisks(site),
    images: libvirtImages(site),
  };
}

function siteOf({
  endpoint,
  credentials,
  clock = systemClock,
  stopTimeoutMs = 20_000,
}: LibvirtVmmOptions): Site {
  const virsh = new Virsh(connectionOf(endpoint ?? defaultEndpoint, credentials));
  const pool = new StoragePool(virsh, credentials.pool);
  const mutex = new KeyedMutex();
  return {
    virsh,
    pool,
    addressPool: parsePool(credentials.addressPool, "libvirt's networks"),
    clock,
    stopTimeoutMs,
    hasGuests: credentials.guests === 'real',
    isReachable: credentials.vmNetworksReachable ?? virsh.connection.isLocal,
    mutex,
    acceleration: accelerationOf(credentials.acceleration, (signal) =>
      mutex.run('acceleration', () => probeAcceleration({ virsh, pool, clock }, signal)),
    ),
  };
}

/** Asks once; a probe that was cut off is none. */
function accelerationOf(
  configured: LibvirtCredentials['acceleration'],
  probe: (signal: AbortSignal) => Promise<Acceleration>,
): Site['acceleration'] {
  let known: Acceleration | undefined = configured === 'auto' ? undefined : configured;
  return async (signal) => {
    known ??= await probe(signal);
    return known;
  };
}

type VmOperations = Pick<
  VmmDriver,
  | 'createVm'
  | 'deleteVm'
  | 'describeVm'
  | 'listVms'
  | 'startVm'
  | 'stopVm'
  | 'rebootVm'
  | 'updateVm'
  | 'readConsole'
>;

function libvirtVms(site: Site): VmOperations {
  const exclusive = <Result>(name: VmName, signal: AbortSignal, work: () => Promise<Result>) =>
    translated(signal, () =>
      site.mutex.run(`vm ${name}`, () => {
        signal.throwIfAborted();
        return work();
      }),
    );
  const one = async (domain: Domain, signal: AbortSignal): Promise<Vm> => {
    const [vm] = await describeDomains(site, [domain], signal);
    if (vm === undefined) throw new PlatformError('internal', `The VM ${domain.name} cannot be described.`);
    return vm;
  };
  return {
    createVm: (spec, signal) =>
      exclusive(spec.name, signal, async () => one(await createVm(site, spec, signal), signal)),
    updateVm: (spec, signal) =>
      exclusive(spec.name, signal, async () => one(await updateVm(site, spec, signal), signal)),
    deleteVm: (name, signal) => exclusive(name, signal, () => deleteVm(site, name, signal)),
    startVm: (name, signal) => exclusive(name, signal, () => startVm(site, name, signal)),
    stopVm: (name, signal) => exclusive(name, signal, () => stopVm(site, name, signal)),
    rebootVm: (name, signal) => exclusive(name, signal, () => rebootVm(site, name, signal)),
    readConsole: (name, signal) => translated(signal, () => readConsole(site, name, signal)),
    describeVm: (name, signal) =>
      translated(signal, async () => {
        const domain = await findDomain(site, name, signal);
        return typeof domain === 'object' ? one(domain, signal) : undefined;
      }),
    listVms: (tag, signal) =>
      translated(signal, async () => describeDomains(site, await listDomains(site, signal, tag), signal)),
  };
}

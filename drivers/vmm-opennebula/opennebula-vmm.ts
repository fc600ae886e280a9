import { type Clock, systemClock } from '@trencadis/clock';
import type { VmName } from '@trencadis/ids';
import type { VmmCapabilities, VmmDriver } from '@trencadis/vmm';
import { createVm } from './create-vm.ts';
import { type OpenNebulaCredentials, filtersPorts } from './credentials.ts';
import { openNebulaDisks } from './disks.ts';
import { parseEndpoint } from './endpoint.ts';
import { translated } from './errors.ts';
import { openNebulaImages } from './images.ts';
import { KeyedMutex } from '@trencadis/mutex';
import { openNebulaNetworks } from './networks.ts';
import { createOned } from './oned.ts';
import { toVm } from './one-vm.ts';
import { rebootVm, startVm, stopVm } from './power.ts';
import { openNebulaQuota } from './quota.ts';
import { checkRights } from './rights.ts';
import type { Site, Timing } from './site.ts';
import { deleteVm } from './terminate-vm.ts';
import { updateVm } from './update-vm.ts';
import { findVm, getVm, ownVms } from './vm-pool.ts';

export interface OpenNebulaVmmOptions {
  /** `http://host:2633/RPC2`, `https://...`, or `host:port`. */
  readonly endpoint?: string;
  /** As `openNebulaCredentials` gives them. */
  readonly credentials: OpenNebulaCredentials;
  readonly clock?: Clock;
  readonly timing?: Partial<Timing>;
  /** After which a call that has no answer is given up. Default 60 s. */
  readonly callTimeoutMs?: number;
}

const defaultTiming: Timing = { everyMs: 500, settleMs: 180_000, stopMs: 30_000 };

/**
 * VMs of an OpenNebula (6.4 or newer, written after 6.8) over XML-RPC. Its calls that answer 429 or 503 with
 * `Retry-After` are made again within 20 s; nothing else is tried again. Console output is not to be had there: it is
 * always ''. Throws `invalid-argument` for an endpoint that is none.
 */
export function createOpenNebulaVmm(options: OpenNebulaVmmOptions): VmmDriver {
  const site = siteOf(options);
  const exclusive = <Result>(name: VmName, signal: AbortSignal, work: () => Promise<Result>) =>
    translated(signal, () =>
      site.mutex.run(`vm ${name}`, () => {
        signal.throwIfAborted();
        return work();
      }),
    );
  return {
    capabilities: capabilitiesOf(options.credentials),
    createVm: (spec, signal) => exclusive(spec.name, signal, () => createVm(site, spec, signal)),
    deleteVm: (name, signal) => exclusive(name, signal, () => deleteVm(site, name, signal)),
    describeVm: (name, signal) =>
      translated(signal, async () => {
        const vm = await findVm(site, name, signal);
        return vm === undefined ? undefined : toVm(site, vm);
      }),
    listVms: (tag, signal) =>
      translated(signal, async () =>
        (await ownVms(site, signal)).filter((vm) => vm.tag === tag).map((vm) => toVm(site, vm)),
      ),
    startVm: (name, signal) => exclusive(name, signal, () => startVm(site, name, signal)),
    stopVm: (name, signal) => exclusive(name, signal, () => stopVm(site, name, signal)),
    rebootVm: (name, signal) => exclusive(name, signal, () => rebootVm(site, name, signal)),
    updateVm: (spec, signal) => exclusive(spec.name, signal, () => updateVm(site, spec, signal)),
    readConsole: (name, signal) =>
      translated(signal, async () => {
        await getVm(site, name, signal);
        return '';
      }),
    quota: (signal) => translated(signal, () => openNebulaQuota(site, signal)),
    listInstanceTypes: (signal) => translated(signal, async () => []),
    checkRights: (signal) => translated(signal, () => checkRights(site, signal)),
    networks: openNebulaNetworks(site),
    disks: openNebulaDisks(site),
    images: openNebulaImages(site),
  };
}

function siteOf({
  endpoint,
  credentials,
  clock = systemClock,
  timing,
  callTimeoutMs,
}: OpenNebulaVmmOptions): Site {
  const oned = createOned({
    endpoint: parseEndpoint(endpoint),
    credentials,
    clock,
    callTimeoutMs: callTimeoutMs ?? 60_000,
  });
  return {
    oned,
    account: credentials,
    clock,
    timing: { ...defaultTiming, ...timing },
    mutex: new KeyedMutex(),
  };
}

function capabilitiesOf(credentials: OpenNebulaCredentials): VmmCapabilities {
  return {
    product: 'opennebula',
    networks: true,
    disks: true,
    power: true,
    update: { size: 'restart', disks: 'live' },
    images: true,
    userData: true,
    shell: credentials.guests === 'real',
    ports: filtersPorts(credentials) ? 'filtered' : 'open',
    portMapping: false,
    addressing: true,
    providerNetworks: true,
    instanceTypes: false,
    zones: false,
    spot: false,
    mountsDisks: false,
    imageListing: true,
  };
}

import {
  type DiskName,
  type InfrastructureId,
  type NetworkName,
  type VmName,
  brandId,
  sha256OfJson,
  sha256OfText,
} from '@trencadis/ids';

/** Persistent disks outlive their infrastructure, so they carry a tag of their own. */
export const persistentTag = brandId('Tag', 'persistent');

/** Images made from VMs do so as well. */
export const snapshotTag = brandId('Tag', 'snapshot');

const longestPart = 24;
const digestLength = 6;

/** `GT4_JAVA_ANT` -> `gt4-java-ant`: a part of a DNS label. A long text is cut and keeps apart by its digest. */
export function labelOf(text: string): string {
  const label = trimDashes(text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')) || 'x';
  if (label.length <= longestPart) return label;
  const start = trimDashes(label.slice(0, longestPart - digestLength - 1));
  return `${start}-${sha256OfText(label).slice(0, digestLength)}`;
}

function trimDashes(text: string): string {
  return text.replaceAll(/^-+|-+$/g, '');
}

/** Names of the VMs of one system, by number: as {@link vmName}, for many. */
export function vmNames(id: InfrastructureId, systemId: string): (number: number) => VmName {
  const prefix = `${id}-${labelOf(systemId)}-`;
  return (number) => brandId('VmName', `${prefix}${number}`);
}

export function vmName(id: InfrastructureId, systemId: string, number: number): VmName {
  return vmNames(id, systemId)(number);
}

export function networkName(id: InfrastructureId, networkId: string): NetworkName {
  return brandId('NetworkName', `${id}-${labelOf(networkId)}`);
}

/** What balances a service, at a VM manager and among what is kept of the infrastructure. */
export function balancerName(id: InfrastructureId, serviceId: string): VmName {
  return brandId('VmName', `${id}-${labelOf(serviceId)}-lb`);
}

/** What keeps a service's replicas at a VM manager, by its own engine. */
export function groupName(id: InfrastructureId, serviceId: string): VmName {
  return brandId('VmName', `${id}-${labelOf(serviceId)}-group`);
}

/** Of a service's replicas at their balancer. */
export function poolName(serviceId: string): string {
  return labelOf(serviceId);
}

export interface DiskPlace {
  readonly systemId: string;
  readonly number: number;
  readonly index: number;
  readonly isPersistent: boolean;
}

const longestPersistentPart = 16;

/**
 * A persistent disk is found again by the infrastructure's owner and name, whatever id the next deployment gets
 * (paper 4.5).
 */
export function diskName(
  infrastructure: { readonly id: InfrastructureId; readonly owner: string; readonly name: string },
  place: DiskPlace,
): DiskName {
  const { id, owner, name } = infrastructure;
  const digest = sha256OfJson([owner, name]).slice(0, digestLength);
  const part = place.isPersistent ? `${labelOf(name).slice(0, longestPersistentPart)}-${digest}` : id;
  return brandId('DiskName', `${part}-${labelOf(place.systemId)}-${place.number}-disk${place.index}`);
}

import type { Component } from '@trencadis/component-repository';
import type { Configurator } from '@trencadis/contextualization';
import type { ImageRequirements, MatchResult, Vmi } from '@trencadis/image-catalog';
import type { Sha256 } from '@trencadis/ids';
import type { BootableImage, InstanceType, VmmCapabilities, VmmOffer } from '@trencadis/vmm';
import type { PlacementOffer } from './decide-placement.ts';
import type { CurrentVm } from './member-sizes.ts';
import type { ObservedVm } from './model.ts';
import type { Outage } from './outage.ts';

/** A VM manager that the owner may deploy on. */
export interface VmmForDeployment extends PlacementOffer {
  /** As the artifacts of the catalog name it. */
  readonly product: string;
  /** Whether cloud-init finds user data on its VMs. */
  readonly takesUserData: boolean;
  /** See `VmmOffer`; absent: its key. */
  readonly places?: readonly string[];
  /** See `VmmOffer`; absent: it is not. */
  readonly isOwn?: boolean;
  /** By location, the images that a document names by URL, as it tells them; absent: it was not asked. */
  readonly named?: ReadonlyMap<string, BootableImage>;
  /** See `VmmOffer`. */
  readonly own?: NonNullable<VmmOffer['own']>;
  readonly capabilities: VmmCapabilities;
  /** Of those that it says; absent: not known. */
  readonly instanceTypes?: readonly InstanceType[];
  /** ISO 4217, of `perHour`. */
  readonly currency?: string;
  readonly outage?: Outage;
}

/** What there is to choose from when a document is resolved. */
export interface Offers {
  readonly components: readonly Component[];
  /** In the order of preference. */
  readonly vmms: readonly VmmForDeployment[];
  readonly configurators: ReadonlyMap<string, Pick<Configurator, 'name' | 'inspect'>>;
  /** The catalog's matching (paper 4.1). */
  readonly matchImages: (requirements: ImageRequirements) => MatchResult;
  /** The infrastructure's VMs that are there, whatever their state. */
  readonly vms: readonly (CurrentVm & { readonly image: Pick<ObservedVm['image'], 'digest'> })[];
  /** By {@link pinOf}, the digest that the plan applied last chose. */
  readonly pinned: ReadonlyMap<string, Sha256>;
  /** By their names, keys of the VM managers whose own engines keep groups of the infrastructure; absent: none do. */
  readonly groups?: ReadonlyMap<string, string>;
  /** By digest, the images that those VMs were made from, or that are pinned, and that may still be booted. */
  readonly imagesInUse: ReadonlyMap<Sha256, readonly Vmi[]>;
}

/** Where the image of a system at a VM manager is pinned; with `url` the one that had no other name. */
export function pinOf(systemId: string, vmm: string, url?: string): string {
  return `${systemId}@${vmm}${url === undefined ? '' : ` ${url}`}`;
}

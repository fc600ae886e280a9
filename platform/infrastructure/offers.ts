import type { Component } from '@trencadis/component-repository';
import type { Configurator } from '@trencadis/contextualization';
import type { ImageRequirements, MatchResult, Vmi } from '@trencadis/image-catalog';
import type { Vm } from '@trencadis/vmm';
import type { Sha256 } from '@trencadis/ids';

/** What there is to choose from when a document is resolved. */
export interface Offers {
  readonly components: readonly Component[];
  /** Names of the VM managers; the first one is used where a deploy names none. */
  readonly vmms: readonly [string, ...string[]];
  readonly configurator: Pick<Configurator, 'inspect'>;
  /** The catalog's matching (paper 4.1). */
  readonly matchImages: (requirements: ImageRequirements) => MatchResult;
  /** The infrastructure's VMs that are there, whatever their state. */
  readonly vms: readonly Pick<Vm, 'name' | 'image'>[];
  /** By system, the digest that the plan applied last chose. */
  readonly pinned: ReadonlyMap<string, Sha256>;
  /** By digest, the images that those VMs were made from, or that are pinned, and that may still be booted. */
  readonly imagesInUse: ReadonlyMap<Sha256, readonly Vmi[]>;
}

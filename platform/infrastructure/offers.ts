import type { Component } from '@trencadis/component-repository';
import type { Configurator } from '@trencadis/contextualization';
import type { MatchResult, Vmi } from '@trencadis/image-catalog';
import type { ImageRequirements } from '@trencadis/image-catalog';

/** What there is to choose from when a document is resolved. */
export interface Offers {
  readonly vmis: readonly Vmi[];
  readonly components: readonly Component[];
  /** Names of the VM managers; the first one is used where a deploy names none. */
  readonly vmms: readonly [string, ...string[]];
  readonly configurator: Pick<Configurator, 'inspect'>;
  /** The catalog's matching (paper 4.1). */
  readonly matchImages: (requirements: ImageRequirements, vmis: readonly Vmi[]) => MatchResult;
}

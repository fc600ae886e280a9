import type { VmName } from '@trencadis/ids';
import type { Dialect } from '@trencadis/radl';
import type { GivenDocument } from './model.ts';

/**
 * What somebody wants of a deployed infrastructure; each becomes a plan. Without `vms`: all of them. RADL given with
 * it is in the infrastructure's own dialect unless it says another.
 */
export type ChangeRequest =
  | { readonly kind: 'deploy'; readonly document: GivenDocument }
  | ({ readonly kind: 'add'; readonly radl: string; readonly dialect?: Dialect } & MayBeBare)
  | ({ readonly kind: 'remove'; readonly vms: readonly VmName[] } & MayBeBare)
  | { readonly kind: 'alter'; readonly vm: VmName; readonly radl: string; readonly dialect?: Dialect }
  | { readonly kind: 'start' | 'stop' | 'reboot'; readonly vms?: readonly VmName[] }
  | {
      readonly kind: 'reconfigure';
      readonly vms?: readonly VmName[];
      readonly radl?: string;
      readonly dialect?: Dialect;
    }
  | { readonly kind: 'snapshot'; readonly vm: VmName; readonly imageName: string }
  /** Whatever differs from the document is brought back. `refusals`: VM managers that had no room. */
  | { readonly kind: 'repair'; readonly refusals?: readonly string[] }
  /** Another number of replicas, or others instead of some. Touches nothing else. */
  | {
      readonly kind: 'scale';
      readonly serviceId: string;
      /** Replicas there shall be, by the name of the VM manager in `replicas.clouds`; `''` without. */
      readonly counts: Readonly<Record<string, number>>;
      /** Leave for good. */
      readonly retire: readonly VmName[];
      /** Made anew in their places, with the same names and disks. */
      readonly recreate: readonly VmName[];
      /** Brought into service with what they lack, whether or not they seem to be in it. */
      readonly finish?: readonly VmName[];
      /** Get no more requests from now on. */
      readonly leave?: readonly VmName[];
      /** All that are let in by no plan from now on. Absent: those that are now. */
      readonly standby?: readonly VmName[];
      readonly order: 'launch-first' | 'terminate-first';
    }
  /** These replicas are brought to what the document asks for now, and no other VM is touched. */
  | {
      readonly kind: 'roll';
      readonly serviceId: string;
      readonly vms: readonly VmName[];
      /** Of them, those that are made anew although they are as the document says. */
      readonly anew?: readonly VmName[];
    }
  /** Nothing shall be there any more. */
  | { readonly kind: 'destroy' };

interface MayBeBare {
  /** `false`: nothing is configured with this change; what has to be is in the next plan. Default `true`. */
  readonly isContextualized?: boolean;
}

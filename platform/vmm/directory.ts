import type { VmmDriver } from './driver.ts';

/** The VM managers of the platform, by key. */
export interface VmmDirectory {
  /** Those that this owner may deploy on, in the order in which a placement prefers them. */
  offeredTo(caller: {
    readonly owner: string;
    readonly groups: readonly string[];
  }): Promise<readonly VmmOffer[]>;
  /** Not there (any more): `not-found`, naming those that are. */
  open(key: string): Promise<VmmDriver>;
}

export interface VmmOffer {
  readonly key: string;
  /** What `deploy X N NAME` says. */
  readonly name: string;
  readonly driver: VmmDriver;
  /** By what images say that they are there, in lower case: its key, the host of its endpoint, its region. */
  readonly places: readonly string[];
  /** Whether it is whose deployment it is, so that every file there is theirs to boot. */
  readonly isOwn: boolean;
  readonly price?: VmPrice;
  /** What it has of its own beside VMs; absent: not known. */
  readonly own?: { readonly balancer: boolean; readonly scalingGroups: boolean };
}

/** What a VM costs: the sum of the parts that are known. */
export interface VmPrice {
  /** ISO 4217, `EUR`. */
  readonly currency: string;
  readonly perVmHour?: number;
  readonly perCpuHour?: number;
  readonly perGiBHour?: number;
}

import type { BalancerDriver, ScalingGroupDriver } from '@trencadis/availability';
import type { VmPrice, VmmDriver } from '@trencadis/vmm';
import type { ZodType } from 'zod';

/** A VM manager on which the platform may deploy, without its credentials. */
export interface VmmSite {
  /** Its name for a site of the platform, `owner~name` for a user's own. */
  readonly key: string;
  readonly name: string;
  /** Of a {@link VmmProduct}. */
  readonly product: string;
  /** Where it answers, for products that need to be told. */
  readonly endpoint?: string;
  /** Who may use and change it, or {@link platformOwner}. */
  readonly owner: string;
  /** Who else may use it. A site of the platform without groups is for everybody. */
  readonly groups?: readonly string[];
  readonly price?: VmPrice;
  readonly createdAt: Date;
}

/** Owner of the sites that administrators keep for others. */
export const platformOwner = 'platform';

/** A kind of VM manager that the platform has a driver for. */
export interface VmmProduct<Credentials = unknown> {
  /** `local`, `simulated`, `libvirt`, ... */
  readonly name: string;
  readonly needsEndpoint: boolean;
  /** Whether an endpoint leads to the platform's own host, where only administrators let others deploy. */
  isOnThisHost?(endpoint: string): boolean;
  /** By a key of its credentials, `''` for all, where a person finds its value: shown where it is missing or wrong. */
  readonly whereToFind?: Readonly<Record<string, string>>;
  /** Its driver, when the first site needs it: the libraries behind some are large. */
  load(): Promise<ProductDriver<Credentials>>;
}

export interface ProductDriver<Credentials = unknown> {
  /** A JSON object. Its messages must not repeat what was given. */
  readonly credentials: ZodType<Credentials>;
  create(site: VmmSite, credentials: Credentials): VmmDriver;
  /** Its own load balancer, where it has one. */
  createBalancer?(site: VmmSite, credentials: Credentials): Promise<BalancerDriver>;
  /** Its own engine that keeps replicas, where it has one. */
  createScalingGroups?(site: VmmSite, credentials: Credentials): Promise<ScalingGroupDriver>;
  /** The part of the product on which the account works, as images are told apart by it: an EC2 region. */
  regionOf?(credentials: Credentials): string | undefined;
}

/** A site that the app gives at start, such as this host; it is not stored and cannot be changed. */
export interface FixedSite {
  readonly name: string;
  readonly product: string;
  readonly driver: VmmDriver;
  readonly groups?: readonly string[];
  readonly price?: VmPrice;
}

/** Who deploys. */
export interface SiteUser {
  readonly owner: string;
  readonly groups: readonly string[];
}

/** Who looks after clouds: their own, and as an administrator the platform's. */
export interface SiteManager extends SiteUser {
  readonly isAdmin: boolean;
}

/** `[a-z][a-z0-9-]*`, so that a key tells owner and name apart whatever an owner is called. */
export const siteNamePattern = /^[a-z][a-z0-9-]{0,62}$/;

export function siteKeyOf(owner: string, name: string): string {
  return owner === platformOwner ? name : `${owner}~${name}`;
}

/** Whether they may deploy on it: their own, shared with a group of theirs, or the platform's for everybody. */
export function mayUse({ owner, groups }: SiteUser, site: Pick<VmmSite, 'owner' | 'groups'>): boolean {
  if (site.owner === owner) return true;
  if (site.groups === undefined) return site.owner === platformOwner;
  return site.groups.some((group) => groups.includes(group));
}

export function maySee(user: SiteManager, site: Pick<VmmSite, 'owner' | 'groups'>): boolean {
  return mayUse(user, site) || (user.isAdmin && site.owner === platformOwner);
}

/** What may be shown of a site that carries more. */
export function withoutSecrets(site: VmmSite): VmmSite {
  const { key, name, product, endpoint, owner, groups, price, createdAt } = site;
  return {
    key,
    name,
    product,
    owner,
    createdAt,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(groups === undefined ? {} : { groups }),
    ...(price === undefined ? {} : { price }),
  };
}

import type { BalancerDriver, ScalingGroupDriver } from '@trencadis/availability';
import { PlatformError } from '@trencadis/errors';
import type { VmmDirectory, VmmOffer } from '@trencadis/vmm';
import {
  type FixedSite,
  type SiteManager,
  type SiteUser,
  type VmmSite,
  maySee,
  platformOwner,
} from './model.ts';
import type { OpenedSite, SiteDrivers } from './site-drivers.ts';
import type { SiteStore, StoredSite } from './store.ts';

type FixedVmmSite = VmmSite & Pick<FixedSite, 'driver'>;

interface Parts {
  readonly store: Pick<SiteStore, 'list'>;
  /** In the platform's order of preference. */
  readonly fixed: readonly FixedVmmSite[];
  readonly drivers: SiteDrivers;
}

export interface SiteDirectory extends VmmDirectory {
  /** Those that they may see, in order of preference: their own, those shared with their groups, the platform's (the installation's first). */
  sitesFor(user: SiteManager): Promise<readonly (StoredSite | FixedVmmSite)[]>;
  /** The VM manager's own load balancer; it has none: `unsupported`. */
  balancerAt(key: string): Promise<BalancerDriver>;
  /** The VM manager's own engine that keeps replicas; it has none: `unsupported`. */
  scalingGroupsAt(key: string): Promise<ScalingGroupDriver>;
}

export function createSiteDirectory({ store, fixed, drivers }: Parts): SiteDirectory {
  const sitesFor = async (user: SiteManager) => {
    const all = [...fixed, ...(await store.list())].filter((site) => maySee(user, site));
    // Sorting keeps the order among equals: the installation's first, then the oldest.
    return all.toSorted((one, other) => rank(user, one) - rank(user, other));
  };
  return {
    sitesFor,
    offeredTo: async (user) => {
      const sites = await sitesFor({ ...user, isAdmin: false });
      const names = sites.map((site) => offeredName(user, site));
      // A user's own cloud hides one of the platform that is called the same.
      const offered = sites.filter((_site, at) => names.indexOf(names[at] ?? '') === at);
      return Promise.all(
        offered.map(async (site) => offerOf(user, site, 'driver' in site ? site : await drivers.of(site))),
      );
    },
    open: async (key) => {
      const driver = fixed.find((site) => site.key === key)?.driver ?? (await drivers.find(key))?.driver;
      if (driver !== undefined) return driver;
      const owner = ownerIn(key);
      const near = [...fixed, ...(await store.list())].filter((site) => site.owner === owner);
      const known = near.map(({ name }) => name).join(', ') || 'none';
      const whose = owner === platformOwner ? 'The platform has' : `${owner} has`;
      const message = `There is no VM manager '${key}' (any more). ${whose}: ${known}.`;
      throw new PlatformError('not-found', message, { subject: key });
    },
    balancerAt: async (key) => {
      const balancer = await (await drivers.find(key))?.balancer?.();
      return balancer ?? refuseMissing(key, "load balancer: leave balancer.kind = 'native' out");
    },
    scalingGroupsAt: async (key) => {
      const groups = await (await drivers.find(key))?.scalingGroups?.();
      return groups ?? refuseMissing(key, "scaling of its own: leave scale.engine = 'native' out");
    },
  };
}

function refuseMissing(key: string, what: string): never {
  throw new PlatformError('unsupported', `VM manager '${key}' has no ${what}.`, { subject: key });
}

function offerOf(
  user: SiteUser,
  site: VmmSite,
  { driver, region, balancer, scalingGroups }: OpenedSite,
): VmmOffer {
  const { key, endpoint, owner, price } = site;
  const host = endpoint !== undefined && URL.canParse(endpoint) ? new URL(endpoint).hostname : '';
  const places = [key, host, region ?? ''].filter((place) => place !== '');
  return {
    key,
    name: offeredName(user, site),
    driver,
    places: places.map((place) => place.toLowerCase()),
    isOwn: owner === user.owner,
    ...(price === undefined ? {} : { price }),
    own: { balancer: balancer !== undefined, scalingGroups: scalingGroups !== undefined },
  };
}

function rank({ owner }: SiteUser, site: VmmSite): number {
  if (site.owner === owner) return 0;
  return site.owner === platformOwner ? 2 : 1;
}

/** Others' sites are named with their owner, so that nobody's name can stand for another's cloud. */
function offeredName({ owner }: SiteUser, { owner: whose, name, key }: VmmSite): string {
  return whose === owner || whose === platformOwner ? name : key;
}

/** A name holds no `~`; an owner may. */
function ownerIn(key: string): string {
  const end = key.lastIndexOf('~');
  return end === -1 ? platformOwner : key.slice(0, end);
}

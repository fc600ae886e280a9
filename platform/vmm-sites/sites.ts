import { type Actor, type AuditDetail, type AuditLog, audited } from '@trencadis/audit';
import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { newUuid, sha256OfJson } from '@trencadis/ids';
import type { SealingKey } from '@trencadis/sealing';
import type { RightCheck, VmPrice, VmmCapabilities, VmmQuota } from '@trencadis/vmm';
import { checkOrder } from './check-order.ts';
import { openCredentials, parseCredentials, sealCredentials } from './credentials.ts';
import { type SiteDirectory, createSiteDirectory } from './directory.ts';
import {
  type FixedSite,
  type SiteManager,
  type VmmProduct,
  type VmmSite,
  maySee,
  platformOwner,
  siteKeyOf,
  withoutSecrets,
} from './model.ts';
import { SiteDrivers, getProduct } from './site-drivers.ts';
import type { SiteStore, StoredSite } from './store.ts';
import { testSite } from './test-site.ts';

export interface SiteOrder {
  readonly name: string;
  readonly product: string;
  readonly endpoint?: string | undefined;
  /** A JSON object, as the product wants it. Absent: those that are stored, as long as product and endpoint stay. */
  readonly credentials?: unknown;
  readonly groups?: readonly string[] | undefined;
  readonly price?: VmPrice | undefined;
}

/** Credentials that came with a call and must serve later ones too. */
export type CallCredentials = Required<Pick<SiteOrder, 'name' | 'product' | 'credentials'>> &
  Pick<SiteOrder, 'endpoint'>;

/** The VM managers on which the platform may deploy. Credentials go in, and come out to drivers only. */
export interface VmmSites extends Pick<
  SiteDirectory,
  'offeredTo' | 'open' | 'balancerAt' | 'scalingGroupsAt'
> {
  /** Those that they may use or keep, in the order of {@link SiteDirectory.offeredTo}. */
  list(user: SiteManager): Promise<readonly VmmSite[]>;
  /** By its key, or by the name of one of their own; what they may not see is `not-found`. */
  get(user: SiteManager, nameOrKey: string): Promise<VmmSite>;
  /** What {@link VmmSites.put} would do; throws what it would throw, and changes nothing. */
  judge(owner: string, order: SiteOrder): Promise<SiteChange>;
  /** Adds or changes a site of that owner, or of the platform. `conflict` where machines would be lost from sight. */
  put(by: Actor, owner: string, order: SiteOrder): Promise<VmmSite>;
  /** Stores what a call brought, if it is new or has changed; answers the site's key. */
  ensure(owner: string, credentials: CallCredentials, requestId?: string): Promise<string>;
  /** `conflict` while infrastructures use it. */
  remove(by: Actor, site: VmmSite): Promise<void>;
  /** Asks the VM manager what the credentials allow. */
  test(key: string, signal: AbortSignal): Promise<readonly RightCheck[]>;
  quota(key: string, signal: AbortSignal): Promise<VmmQuota>;
  capabilities(key: string): Promise<VmmCapabilities>;
}

export interface SiteChange {
  readonly change: 'added' | 'changed' | 'unchanged';
  /** As it would be. */
  readonly site: VmmSite;
}

export interface VmmSitesParts {
  readonly store: SiteStore;
  readonly products: readonly VmmProduct[];
  readonly fixed: readonly FixedSite[];
  readonly sealingKey: SealingKey;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** The infrastructures that have, or may have, something there. */
  readonly usedBy: (key: string) => Promise<readonly string[]>;
}

interface Inside extends Omit<VmmSitesParts, 'products' | 'fixed'> {
  readonly products: ReadonlyMap<string, VmmProduct>;
  readonly fixed: readonly (VmmSite & Pick<FixedSite, 'driver'>)[];
  readonly drivers: SiteDrivers;
}

export function createVmmSites(parts: VmmSitesParts): VmmSites {
  const products = new Map(parts.products.map((product) => [product.name, product]));
  const createdAt = parts.clock.now();
  const fixed = parts.fixed.map((site) => ({ ...site, key: site.name, owner: platformOwner, createdAt }));
  const drivers = new SiteDrivers({ ...parts, products });
  const inside: Inside = { ...parts, products, fixed, drivers };
  const directory = createSiteDirectory(inside);
  return { ...directory, ...reading(inside, directory), ...changing(inside) };
}

type Reading = Pick<VmmSites, 'list' | 'get' | 'test' | 'quota' | 'capabilities'>;

function reading(inside: Inside, directory: SiteDirectory): Reading {
  return {
    list: async (user) => (await directory.sitesFor(user)).map(withoutSecrets),
    get: async (user, nameOrKey) => withoutSecrets(await getSite(inside, user, nameOrKey)),
    test: async (key, signal) => testSite(await directory.open(key), signal),
    quota: async (key, signal) => (await directory.open(key)).quota(signal),
    capabilities: async (key) => (await directory.open(key)).capabilities,
  };
}

async function getSite({ fixed, store }: Inside, user: SiteManager, nameOrKey: string): Promise<VmmSite> {
  const site =
    (await store.find(siteKeyOf(user.owner, nameOrKey))) ??
    fixed.find(({ key }) => key === nameOrKey) ??
    (await store.find(nameOrKey));
  if (site !== undefined && maySee(user, site)) return site;
  const message = `You have no cloud '${nameOrKey}'. The list of clouds shows those that you may use.`;
  throw new PlatformError('not-found', message, { subject: nameOrKey });
}

type Changing = Pick<VmmSites, 'judge' | 'put' | 'ensure' | 'remove'>;

function changing(inside: Inside): Changing {
  const { store, products, audit, drivers, usedBy } = inside;
  const put = async (by: Actor, owner: string, order: SiteOrder) => {
    // First, so that no secret in a wrong place gets into the audit log.
    checkOrder(getProduct(products, order.product), owner, order);
    const site = { key: siteKeyOf(owner, order.name), owner };
    return audited(audit, actOn(by, 'cloud.put', site, detailOf(order)), () => putSite(inside, owner, order));
  };
  return {
    put,
    judge: async (owner, order) => {
      const product = getProduct(products, order.product);
      checkOrder(product, owner, order);
      const { site, known, credentials } = await judgeOrder(inside, owner, order);
      // What a driver says of its endpoint, and of what goes with it.
      const loaded = await product.load();
      loaded.create(site, parseCredentials(product, loaded, credentials));
      if (known === undefined) return { site, change: 'added' };
      const isSameSite = sha256OfJson(withoutSecrets(known)) === sha256OfJson(site);
      const isKept = order.credentials === undefined || isSealedIn(inside, known, credentials);
      return { site, change: isSameSite && isKept ? 'unchanged' : 'changed' };
    },
    ensure: async (owner, order, requestId) => {
      const key = siteKeyOf(owner, order.name);
      const known = await store.find(key);
      const isThere = known !== undefined && isSamePlace(known, order);
      if (isThere && isSealedIn(inside, known, order.credentials)) return key;
      const { groups, price } = known ?? {};
      return (await put({ owner, requestId }, owner, { ...order, groups, price })).key;
    },
    remove: (by, site) =>
      audited(audit, actOn(by, 'cloud.remove', site), async () => {
        refuseFixed(inside, site.key);
        refuseUsed(site, await usedBy(site.key), 'be removed');
        await store.remove(site.key);
        drivers.forget(site.key);
      }),
  };
}

interface JudgedOrder {
  readonly site: VmmSite;
  readonly known: StoredSite | undefined;
  readonly credentials: unknown;
}

/** All that may stand against it is found before anything is changed. */
async function judgeOrder(inside: Inside, owner: string, order: SiteOrder): Promise<JudgedOrder> {
  const { store, clock, usedBy } = inside;
  const key = siteKeyOf(owner, order.name);
  refuseFixed(inside, key);
  const known = await store.find(key);
  const isMoved = known !== undefined && !isSamePlace(known, order);
  if (isMoved) refuseUsed(known, await usedBy(key), 'get another product or endpoint');
  const { name, product, endpoint, groups, price } = order;
  const createdAt = known?.createdAt ?? clock.now();
  const site: VmmSite = {
    key,
    name,
    product,
    owner,
    createdAt,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(groups === undefined ? {} : { groups }),
    ...(price === undefined ? {} : { price }),
  };
  return { site, known, credentials: await credentialsFor(inside, order, isMoved ? undefined : known) };
}

async function putSite(inside: Inside, owner: string, order: SiteOrder): Promise<VmmSite> {
  const { store, sealingKey, drivers } = inside;
  const { site, credentials } = await judgeOrder(inside, owner, order);
  const sealedCredentials = sealCredentials(credentials, sealingKey, site);
  await store.put({ ...site, sealedCredentials, version: newUuid() });
  drivers.forget(site.key);
  return site;
}

/** Stored ones are used again only where they were meant to go. */
async function credentialsFor(
  { products, sealingKey }: Inside,
  { product: name, credentials }: SiteOrder,
  known: StoredSite | undefined,
): Promise<unknown> {
  const given =
    credentials === undefined && known !== undefined
      ? openCredentials(known.sealedCredentials, sealingKey, known)
      : (credentials ?? {});
  const product = getProduct(products, name);
  parseCredentials(product, await product.load(), given);
  return given;
}

function isSamePlace(site: VmmSite, { product, endpoint }: SiteOrder): boolean {
  return site.product === product && site.endpoint === endpoint;
}

function isSealedIn({ sealingKey }: Inside, known: StoredSite, credentials: unknown): boolean {
  const stored = openCredentials(known.sealedCredentials, sealingKey, known);
  return sha256OfJson(stored) === sha256OfJson(credentials);
}

function refuseFixed({ fixed }: Inside, key: string): void {
  if (!fixed.some((site) => site.key === key)) return;
  const message = `Cloud '${key}' belongs to the platform’s installation and cannot be changed here.`;
  throw new PlatformError('conflict', message, { subject: key });
}

function refuseUsed({ name, key }: VmmSite, users: readonly string[], act: string): void {
  if (users.length === 0) return;
  const message = `Cloud '${name}' cannot ${act} while ${users.length} infrastructure(s) use it: destroy them first.`;
  throw new PlatformError('conflict', message, { subject: key, details: { users } });
}

function detailOf({ product, endpoint, groups, credentials }: SiteOrder): AuditDetail {
  const hasNewCredentials = credentials !== undefined;
  return {
    product,
    hasNewCredentials,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(groups === undefined ? {} : { groups }),
  };
}

function actOn(
  by: Actor,
  act: string,
  { key, owner }: Pick<VmmSite, 'key' | 'owner'>,
  detail: AuditDetail = {},
) {
  return { by, act, subject: { kind: 'cloud', id: key }, owner, detail };
}

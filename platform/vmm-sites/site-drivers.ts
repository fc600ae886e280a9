import type { BalancerDriver, ScalingGroupDriver } from '@trencadis/availability';
import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { SealingKey } from '@trencadis/sealing';
import type { VmmDriver } from '@trencadis/vmm';
import { openCredentials, parseCredentials } from './credentials.ts';
import { type VmmProduct, withoutSecrets } from './model.ts';
import type { SiteStore, StoredSite } from './store.ts';

/** For so long another process's change may go unseen. */
const freshForMs = 3000;

/** A site as it can be deployed on. */
export interface OpenedSite {
  readonly driver: VmmDriver;
  /** See {@link ProductDriver.regionOf}. */
  readonly region?: string;
  /** See {@link ProductDriver.createBalancer}. */
  readonly balancer?: () => Promise<BalancerDriver>;
  /** See {@link ProductDriver.createScalingGroups}. */
  readonly scalingGroups?: () => Promise<ScalingGroupDriver>;
}

interface Cached {
  readonly opened: Promise<OpenedSite>;
  readonly version: string;
  checkedAtMs: number;
}

export interface SiteDriversParts {
  readonly store: Pick<SiteStore, 'find'>;
  readonly products: ReadonlyMap<string, VmmProduct>;
  readonly sealingKey: SealingKey;
  readonly clock: Clock;
}

/** One driver a stored site, made again when what it is made of has changed. */
export class SiteDrivers {
  readonly #parts: SiteDriversParts;
  readonly #cached = new Map<string, Cached>();

  constructor(parts: SiteDriversParts) {
    this.#parts = parts;
  }

  /** `undefined` when there is no such site. */
  async find(key: string): Promise<OpenedSite | undefined> {
    const cached = this.#cached.get(key);
    if (cached !== undefined && this.#now() < cached.checkedAtMs + freshForMs) return cached.opened;
    const site = await this.#parts.store.find(key);
    if (site === undefined) this.forget(key);
    return site && this.of(site);
  }

  /** Of a site that was read just now. */
  async of(site: StoredSite): Promise<OpenedSite> {
    const cached = this.#cached.get(site.key);
    if (cached?.version === site.version) {
      cached.checkedAtMs = this.#now();
      return cached.opened;
    }
    const made: Cached = {
      opened: this.#make(site),
      version: site.version,
      checkedAtMs: this.#now(),
    };
    this.#cached.set(site.key, made);
    try {
      return await made.opened;
    } catch (error) {
      if (this.#cached.get(site.key) === made) this.forget(site.key);
      throw error;
    }
  }

  async #make(site: StoredSite): Promise<OpenedSite> {
    const { products, sealingKey } = this.#parts;
    const product = getProduct(products, site.product);
    const loaded = await product.load();
    const given = openCredentials(site.sealedCredentials, sealingKey, site);
    const credentials = parseCredentials(product, loaded, given);
    const region = loaded.regionOf?.(credentials);
    const known = withoutSecrets(site);
    const createBalancer = loaded.createBalancer?.bind(loaded);
    const createScalingGroups = loaded.createScalingGroups?.bind(loaded);
    return {
      driver: loaded.create(known, credentials),
      ...(region === undefined ? {} : { region }),
      ...(createBalancer ? { balancer: once(() => createBalancer(known, credentials)) } : {}),
      ...(createScalingGroups ? { scalingGroups: once(() => createScalingGroups(known, credentials)) } : {}),
    };
  }

  forget(key: string): void {
    this.#cached.delete(key);
  }

  #now(): number {
    return this.#parts.clock.now().getTime();
  }
}

/** Made when it is first needed; a failure is tried again. */
function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined;
  return async () => {
    made ??= make();
    try {
      return await made;
    } catch (error) {
      made = undefined;
      throw error;
    }
  };
}

export function getProduct(products: ReadonlyMap<string, VmmProduct>, name: string): VmmProduct {
  const product = products.get(name);
  if (product !== undefined) return product;
  const known = [...products.keys()].join(', ');
  const message = `The platform has no driver for VM managers of product '${name}'; it has: ${known || 'none'}.`;
  throw new PlatformError('unsupported', message, { subject: name });
}

import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { SealingKey } from '@trencadis/sealing';
import type { VmmDriver } from '@trencadis/vmm';
import { openCredentials, parseCredentials } from './credentials.ts';
import { type VmmProduct, withoutSecrets } from './model.ts';
import type { SiteStore, StoredSite } from './store.ts';

/** For so long another process's change may go unseen. */
const freshForMs = 3000;

interface CachedDriver {
  readonly driver: VmmDriver;
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
  readonly #cached = new Map<string, CachedDriver>();

  constructor(parts: SiteDriversParts) {
    this.#parts = parts;
  }

  /** `undefined` when there is no such site. */
  async find(key: string): Promise<VmmDriver | undefined> {
    const cached = this.#cached.get(key);
    if (cached !== undefined && this.#now() < cached.checkedAtMs + freshForMs) return cached.driver;
    const site = await this.#parts.store.find(key);
    if (site === undefined) this.forget(key);
    return site && this.of(site);
  }

  /** Of a site that was read just now. */
  of(site: StoredSite): VmmDriver {
    const cached = this.#cached.get(site.key);
    if (cached?.version === site.version) {
      cached.checkedAtMs = this.#now();
      return cached.driver;
    }
    const driver = this.#make(site);
    this.#cached.set(site.key, { driver, version: site.version, checkedAtMs: this.#now() });
    return driver;
  }

  #make(site: StoredSite): VmmDriver {
    const { products, sealingKey } = this.#parts;
    const product = getProduct(products, site.product);
    const credentials = openCredentials(site.sealedCredentials, sealingKey, site);
    return product.create(withoutSecrets(site), parseCredentials(product, credentials));
  }

  forget(key: string): void {
    this.#cached.delete(key);
  }

  #now(): number {
    return this.#parts.clock.now().getTime();
  }
}

export function getProduct(products: ReadonlyMap<string, VmmProduct>, name: string): VmmProduct {
  const product = products.get(name);
  if (product !== undefined) return product;
  const known = [...products.keys()].join(', ');
  const message = `The platform has no driver for VM managers of product '${name}'; it has: ${known || 'none'}.`;
  throw new PlatformError('unsupported', message, { subject: name });
}

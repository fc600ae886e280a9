import type { Clock } from '@trencadis/clock';
import type { Log } from '@trencadis/log';
import { CatalogIndex } from './catalog-index.ts';
import type { CatalogStore } from './store.ts';

export interface LiveCatalogParts {
  readonly store: CatalogStore;
  readonly clock: Clock;
  readonly log: Log;
  /** What to do at each look for changes, before it: states that dates bring about. */
  readonly beforeLook?: () => Promise<void>;
}

const lookEveryMs = 500;

/** The index, kept like the store: at once when the database tells of a change, else within half a second. */
export class LiveCatalog implements AsyncDisposable {
  readonly index = new CatalogIndex();
  readonly #parts: LiveCatalogParts;
  readonly #closing = new AbortController();
  #revision = 0;
  #looking: Promise<void> = Promise.resolve();
  #isLookPlanned = false;
  #looks: Promise<void> = Promise.resolve();
  #watch: AsyncDisposable | undefined;

  private constructor(parts: LiveCatalogParts) {
    this.#parts = parts;
  }

  /** Ready to match when it answers. */
  static async open(parts: LiveCatalogParts): Promise<LiveCatalog> {
    const catalog = new LiveCatalog(parts);
    await catalog.refresh();
    catalog.#watch = await parts.store.watch(() => {
      catalog.refresh().catch((error: unknown) => catalog.#warn(error));
    });
    catalog.#looks = catalog.#lookForEver();
    return catalog;
  }

  /** Resolves when the index holds all that was committed before the call. */
  refresh(): Promise<void> {
    if (this.#isLookPlanned) return this.#looking;
    this.#isLookPlanned = true;
    const afterLast = async (): Promise<void> => {
      this.#isLookPlanned = false;
      await this.#look();
    };
    this.#looking = this.#looking.then(afterLast, afterLast);
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { store } = this.#parts;
    const revision = await store.revision();
    if (revision === this.#revision) return;
    for await (const changes of store.offersSince(this.#revision)) {
      for (const { imageId, offers } of changes) this.index.put(imageId, offers);
    }
    this.#revision = revision;
  }

  async #lookForEver(): Promise<void> {
    const { clock, beforeLook } = this.#parts;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await clock.sleep(lookEveryMs, signal);
        await beforeLook?.();
        await this.refresh();
      } catch (error) {
        if (!signal.aborted) this.#warn(error);
      }
    }
  }

  #warn(error: unknown): void {
    this.#parts.log.warn({ error }, 'the image catalog could not look for changes; it tries again');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error('The image catalog closes.'));
    await this.#watch?.[Symbol.asyncDispose]();
    await this.#looks;
    await this.#looking;
  }
}

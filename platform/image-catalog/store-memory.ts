import type { Sha256, VmiId } from '@trencadis/ids';
import { compareTexts } from './compare-versions.ts';
import { type ImageRecord, offersOf } from './image-record.ts';
import type { ImageVersion } from './model.ts';
import type { AuditEntry, CatalogStore, Decision, OfferChange } from './store.ts';

/** A {@link CatalogStore} that lives as long as the process. */
export function createMemoryCatalogStore(): CatalogStore {
  return new MemoryCatalogStore();
}

class MemoryCatalogStore implements CatalogStore {
  readonly #records = new Map<VmiId, ImageRecord>();
  readonly #revisions = new Map<VmiId, number>();
  readonly #log: AuditEntry[] = [];
  readonly #watchers = new Set<() => void>();
  #revision = 0;

  async find(id: VmiId): Promise<ImageRecord | undefined> {
    return structuredClone(this.#records.get(id));
  }

  async list({ after = '', limit }: Parameters<CatalogStore['list']>[0]): Promise<readonly ImageRecord[]> {
    const page = this.#sorted().filter(({ image }) => image.id > after);
    return structuredClone(page.slice(0, limit));
  }

  async withArtifact(digest: Sha256): Promise<readonly ImageRecord[]> {
    const found = this.#withVersion(({ artifacts }) => artifacts.some((one) => one.digest === digest));
    return structuredClone(found);
  }

  async due(at: string): Promise<readonly VmiId[]> {
    return this.#withVersion((version) => isDue(version, at)).map(({ image }) => image.id);
  }

  async change<Answer>(
    audit: AuditEntry,
    decide: (record: ImageRecord | undefined) => Decision<Answer>,
  ): Promise<Answer> {
    const before = this.#records.get(audit.imageId);
    const { record, answer } = decide(structuredClone(before));
    if (JSON.stringify(record) === JSON.stringify(before)) return answer;
    if (record === undefined) this.#records.delete(audit.imageId);
    else this.#records.set(audit.imageId, structuredClone(record));
    this.#revision += 1;
    this.#revisions.set(audit.imageId, this.#revision);
    this.#log.unshift(audit);
    for (const notify of this.#watchers) notify();
    return answer;
  }

  async audit(id: VmiId, limit: number): Promise<readonly AuditEntry[]> {
    return this.#log.filter(({ imageId }) => imageId === id).slice(0, limit);
  }

  async revision(): Promise<number> {
    return this.#revision;
  }

  async *offersSince(known: number): AsyncGenerator<readonly OfferChange[]> {
    const changed = [...this.#revisions].filter(([, at]) => at > known);
    yield changed.map(([imageId]) => {
      const record = this.#records.get(imageId);
      return { imageId, offers: JSON.stringify(record === undefined ? [] : offersOf(record)) };
    });
  }

  async watch(onChange: () => void): Promise<AsyncDisposable> {
    this.#watchers.add(onChange);
    const stop = async (): Promise<void> => {
      this.#watchers.delete(onChange);
    };
    return { [Symbol.asyncDispose]: stop };
  }

  #sorted(): readonly ImageRecord[] {
    return [...this.#records.values()].toSorted((a, b) => compareTexts(a.image.id, b.image.id));
  }

  #withVersion(has: (version: ImageVersion) => boolean): readonly ImageRecord[] {
    return this.#sorted().filter(({ versions }) => versions.some(has));
  }
}

/** Whether it should be in another state by then. */
function isDue({ state, deprecateAt, revokeAt }: ImageVersion, at: string): boolean {
  if (state !== 'active' && state !== 'deprecated') return false;
  if (revokeAt !== undefined && revokeAt <= at) return true;
  return state === 'active' && deprecateAt !== undefined && deprecateAt <= at;
}

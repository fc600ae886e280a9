import { isAllowed } from './access.ts';
import { defaultAliasRules } from './alias-rules.ts';
import { CatalogRows, type Entry } from './catalog-rows.ts';
import { type ImageOffer, isOfferedThrough } from './image-offer.ts';
import { type MatchOptions, judgeReading, questionOf } from './judge-image.ts';
import { nearMissCount } from './match.ts';
import type { ImageCaller, ImageRequirements, MatchResult } from './model.ts';
import { rankRows } from './rank-rows.ts';

export interface IndexMatchOptions extends Omit<MatchOptions, 'rules'> {
  /** Only images that they may search; all of them without. */
  readonly caller?: ImageCaller;
  /** Through which the versions are chosen; `stable`, else the newest, without. */
  readonly channel?: string;
}

const mostKept = 16;

/** The catalog in memory, for matching (CAT-15). Answers as `matchImages` does over the same images. */
export class CatalogIndex {
  readonly #rows = new CatalogRows(defaultAliasRules);
  readonly #entries = new Map<string, readonly Entry[]>();
  /** By which kinds of offer are meant; callers who may search the same share it. Emptied by every change. */
  readonly #offeredRows = new Map<string, Uint32Array>();

  /** Images. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * In the place of what that image offered before: a JSON list of {@link ImageOffer}. An empty one: nothing of it is
   * found any more.
   */
  put(imageId: string, offers: string): void {
    this.#offeredRows.clear();
    for (const entry of this.#entries.get(imageId) ?? []) this.#rows.remove(entry);
    const parsed = JSON.parse(offers) as readonly ImageOffer[];
    const entries = parsed.map((offer, index) => this.#rows.add(offer, { offers, index }));
    if (entries.length === 0) this.#entries.delete(imageId);
    else this.#entries.set(imageId, entries);
  }

  match(requirements: ImageRequirements, options: IndexMatchOptions = {}): MatchResult {
    const question = questionOf(requirements, { ...options, rules: this.#rows.rules });
    const limit = options.limit ?? Number.POSITIVE_INFINITY;
    const choice = { offered: this.#offered(options), limit, nearMissCount };
    const { isFeasible, rows } = rankRows(question, this.#rows, choice);
    const candidates = rows.flatMap((row) => {
      const reading = this.#rows.readingAt(row);
      return reading === undefined ? [] : [judgeReading(question, reading)];
    });
    if (isFeasible) return { ranked: candidates.map(({ match }) => match), nearMisses: [] };
    return {
      ranked: [],
      nearMisses: candidates.map(({ match, failed }) => ({ vmi: match.vmi, failed })),
    };
  }

  #offered({ caller, channel }: Pick<IndexMatchOptions, 'caller' | 'channel'>): Uint32Array {
    const { offers } = this.#rows;
    const isMeant = Uint8Array.from(offers.samples, (offer) =>
      Number(
        isOfferedThrough(offer, channel) && (caller === undefined || isAllowed(caller, offer, offer.search)),
      ),
    );
    const key = isMeant.join('');
    const known = this.#offeredRows.get(key);
    if (known !== undefined) return known;
    const rows = this.#rows.select(isMeant);
    if (this.#offeredRows.size < mostKept) this.#offeredRows.set(key, rows);
    return rows;
  }
}

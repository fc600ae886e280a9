export interface Rows {
  readonly row: number;
  readonly count: number;
}

/**
 * Which of a few distinct values (facets) each row has, by their keys. What a requirement says of a facet it says of
 * every row that has it, so it is judged once a facet, not once an image.
 */
export class FacetColumn<Sample> {
  #facets: Uint32Array = new Uint32Array(0);
  readonly #numbers = new Map<string, number>();
  #lastKey: string | undefined;
  #lastNumber = 0;
  readonly samples: Sample[] = [];

  /** The same for `count` rows from `row` on. */
  set({ row, count }: Rows, key: string, sample: Sample): void {
    this.#facets = grown(this.#facets, row + count);
    // Most images are like the one before in most respects.
    if (key !== this.#lastKey) this.#lastNumber = numberOf(this.#numbers, this.samples, { key, sample });
    this.#lastKey = key;
    for (let end = row + count, next = row; next < end; next++) this.#facets[next] = this.#lastNumber;
  }

  facetAt(row: number): number {
    return this.#facets[row] ?? 0;
  }

  numberOfKey(key: string): number | undefined {
    return this.#numbers.get(key);
  }

  /** The facets' verdicts, row by row. */
  spread(verdicts: Uint8Array, rowCount: number): Uint8Array {
    const spread = new Uint8Array(rowCount);
    const facets = this.#facets;
    const end = Math.min(rowCount, facets.length);
    for (let row = 0; row < end; row++) spread[row] = verdicts[facets[row] ?? 0] ?? 0;
    return spread;
  }
}

/** As {@link FacetColumn}, for what only some rows have: an application, a label. */
export class SparseFacets<Sample> {
  #rows: Uint32Array = new Uint32Array(0);
  #facets: Uint32Array = new Uint32Array(0);
  #size = 0;
  readonly #numbers = new Map<string, number>();
  readonly samples: Sample[] = [];

  /** The same for `count` rows from `row` on. */
  add({ row, count }: Rows, key: string, sample: Sample): void {
    const size = this.#size;
    this.#size += count;
    this.#rows = grown(this.#rows, this.#size);
    this.#facets = grown(this.#facets, this.#size);
    const facet = numberOf(this.#numbers, this.samples, { key, sample });
    for (let index = 0; index < count; index++) {
      this.#rows[size + index] = row + index;
      this.#facets[size + index] = facet;
    }
  }

  remove(row: number): void {
    const index = this.#rows.subarray(0, this.#size).indexOf(row);
    if (index < 0) return;
    this.#size -= 1;
    this.#rows[index] = this.#rows[this.#size] ?? 0;
    this.#facets[index] = this.#facets[this.#size] ?? 0;
  }

  /** The facets' verdicts where there is one, `absent` elsewhere. */
  spread(verdicts: Uint8Array, absent: number, rowCount: number): Uint8Array {
    const spread = new Uint8Array(rowCount).fill(absent);
    for (let index = 0; index < this.#size; index++) {
      spread[this.#rows[index] ?? 0] = verdicts[this.#facets[index] ?? 0] ?? 0;
    }
    return spread;
  }

  /** Adds the facets' numbers to `sums`, at the rows that have one. */
  addTo(sums: Uint16Array | Int32Array, perFacet: Int32Array): void {
    for (let index = 0; index < this.#size; index++) {
      const row = this.#rows[index] ?? 0;
      sums[row] = (sums[row] ?? 0) + (perFacet[this.#facets[index] ?? 0] ?? 0);
    }
  }
}

function numberOf<Sample>(
  numbers: Map<string, number>,
  samples: Sample[],
  { key, sample }: { readonly key: string; readonly sample: Sample },
): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, samples.length);
  samples.push(sample);
  return samples.length - 1;
}

/** The array itself when it holds `length`, else a copy of at least twice its size. */
export function grown<Numbers extends Uint32Array | Uint16Array>(array: Numbers, length: number): Numbers {
  if (length <= array.length) return array;
  const Kind = array.constructor as new (length: number) => Numbers;
  const larger = new Kind(Math.max(64, array.length * 2, length));
  larger.set(array);
  return larger;
}

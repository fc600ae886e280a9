/** Gives numbers 0, 1, ... below `size`; given back ones are used again. Constant time. */
export class NumberPool {
  readonly #size: number;
  readonly #returned = new Set<number>();
  /** Claimed before their turn came. */
  readonly #claimed = new Set<number>();
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  take(): number | undefined {
    for (const used of this.#returned) {
      this.#returned.delete(used);
      return used;
    }
    while (this.#claimed.delete(this.#next)) this.#next++;
    return this.#next < this.#size ? this.#next++ : undefined;
  }

  /** That very number; `false` when it is taken, or none of the pool. */
  claim(number: number): boolean {
    if (number < this.#next) return this.#returned.delete(number);
    if (number >= this.#size || this.#claimed.has(number)) return false;
    this.#claimed.add(number);
    return true;
  }

  giveBack(number: number): void {
    if (!this.#claimed.delete(number)) this.#returned.add(number);
  }
}

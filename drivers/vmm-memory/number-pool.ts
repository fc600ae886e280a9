/** Gives numbers 0, 1, ... below `size`; given back ones are used again. Constant time. */
export class NumberPool {
  readonly #size: number;
  readonly #returned: number[] = [];
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  take(): number | undefined {
    const used = this.#returned.pop();
    if (used !== undefined) return used;
    return this.#next < this.#size ? this.#next++ : undefined;
  }

  giveBack(number: number): void {
    this.#returned.push(number);
  }
}

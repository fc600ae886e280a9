/**
 * How much of one kind of work goes on at once: so much along each lane. A lane that is full, as what its work waits
 * for hangs, holds up no other one.
 */
export class Lanes {
  readonly #most: number;
  readonly #used = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  tryEnter(lane: string): boolean {
    const used = this.#used.get(lane) ?? 0;
    if (used >= this.#most) return false;
    this.#used.set(lane, used + 1);
    return true;
  }

  leave(lane: string): void {
    const used = (this.#used.get(lane) ?? 0) - 1;
    if (used > 0) this.#used.set(lane, used);
    else this.#used.delete(lane);
  }
}

/** Cells of the distance tables of one document: a hostile document must not buy quadratic work with typos. */
const workOfOneDocument = 4_000_000;
const longestName = 80;

/** Finds the declared name that a wrong one most likely stands for. */
export class Suggestions {
  #workLeft = workOfOneDocument;

  /** Nearest candidate by edit distance; also when `name` is close to whole words at an end of it. */
  nearest(name: string, candidates: Iterable<string>): string | undefined {
    if (name.length === 0 || name.length > longestName) return undefined;
    const wanted = folded(name);
    let best: string | undefined;
    let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 0.75;
    for (const candidate of candidates) {
      if (this.#workLeft <= 0) return best;
      const distance = this.#distance(wanted, folded(candidate.slice(0, longestName)), bestDistance);
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return best;
  }

  #distance(wanted: string, candidate: string, limit: number): number {
    const whole = this.#edits(wanted, candidate, limit);
    const words = candidate.split(/[_.]/);
    if (words.length === 1 || wanted.length < 4) return whole;
    // A name that lost words at an end is worse than a typo in the whole, so it counts half an edit more.
    const count = wanted.split(/[_.]/).length;
    const tail = this.#edits(wanted, words.slice(-count).join('_'), limit) + 0.5;
    const head = this.#edits(wanted, words.slice(0, count).join('_'), limit) + 0.5;
    return Math.min(whole, tail, head);
  }

  #edits(a: string, b: string, limit: number): number {
    this.#workLeft -= 32;
    if (Math.abs(a.length - b.length) >= limit) return Number.POSITIVE_INFINITY;
    this.#workLeft -= a.length * b.length;
    return editDistance(a, b);
  }
}

/** Names that differ only in case and in `-`, `_` or a blank are the same to a reader. */
function folded(name: string): string {
  return name.toLowerCase().replace(/[- ]/g, '_').replaceAll('.', '_');
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const replaced = at(previous, j - 1) + cost;
      let least = Math.min(replaced, at(previous, j) + 1, at(current, j - 1) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, at(beforePrevious, j - 2) + 1);
      }
      current.push(least);
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}

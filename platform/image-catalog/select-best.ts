/** The first `limit` items in the order of `compare`, without sorting the others. */
export function selectBest<Item>(
  items: Iterable<Item>,
  limit: number,
  compare: (left: Item, right: Item) => number,
): readonly Item[] {
  if (limit === Number.POSITIVE_INFINITY) return [...items].toSorted(compare);
  const best: Item[] = [];
  for (const item of items) {
    const worst = best.at(-1);
    if (best.length >= limit && (worst === undefined || compare(item, worst) >= 0)) continue;
    if (best.length >= limit) best.pop();
    best.splice(placeOf(item, best, compare), 0, item);
  }
  return best;
}

function placeOf<Item>(
  item: Item,
  sorted: readonly Item[],
  compare: (left: Item, right: Item) => number,
): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = sorted[middle];
    if (other !== undefined && compare(item, other) < 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

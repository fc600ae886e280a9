/** Completes a message about an unknown name: `did you mean 'add_user'?` or what there is instead. */
export function nearestName(name: string, known: readonly string[]): string {
  const [nearest] = known
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.ceil(candidate.length / 3))
    .sort((a, b) => a.distance - b.distance);
  if (nearest) return `did you mean '${nearest.candidate}'`;
  if (known.length === 0) return 'it takes none';
  const shown = known.slice(0, maxShown).map((each) => `'${each}'`);
  return `there are ${shown.join(', ')}${known.length > maxShown ? ` and ${known.length - maxShown} more` : ''}`;
}

const maxShown = 20;

/** Levenshtein's: insertions, deletions and replacements of one character. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replace = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replace, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

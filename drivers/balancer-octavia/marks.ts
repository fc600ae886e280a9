/** What we know about a thing of Octavia that we made, written into its tags: `trencadis`, `tag=inf-a`, `pool=web`. */
export type Marks = Readonly<Record<string, string>>;

/** Tags are made with the thing itself, and all things of Octavia have them since API 2.5 (Stein, 2019). */
export function writeMarks(marks: Marks): readonly string[] {
  return ['trencadis', ...Object.entries(marks).map(([key, value]) => `${key}=${value}`)];
}

/** `undefined`: not ours. */
export function readMarks(tags: readonly string[] | null | undefined): Marks | undefined {
  if (tags?.includes('trencadis') !== true) return undefined;
  const pairs = tags.filter((tag) => tag.includes('=')).map((tag) => splitAt(tag, tag.indexOf('=')));
  return Object.fromEntries(pairs);
}

/** Whether those are the same, in whatever order: Octavia gives them sorted. */
export function sameTags(one: readonly string[] | null | undefined, other: readonly string[]): boolean {
  return (one ?? []).toSorted().join('\n') === other.toSorted().join('\n');
}

/**
 * Of a description of Neutron, as the OpenStack VM manager's driver writes it for networks, and as this one does for
 * public addresses: `trencadis tag=inf-a network=front kind=public`. `undefined`: none of ours.
 */
export function readDescription(description: string | null | undefined): Marks | undefined {
  const [first, ...words] = (description ?? '').split(' ');
  if (first !== 'trencadis') return undefined;
  return Object.fromEntries(
    words.map((word) => {
      const [key, value] = splitAt(word, word.indexOf('='));
      return [key, decoded(value)];
    }),
  );
}

export function writeDescription(marks: Marks): string {
  const words = Object.entries(marks).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return ['trencadis', ...words].join(' ');
}

function splitAt(text: string, at: number): readonly [string, string] {
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Somebody may have written into it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

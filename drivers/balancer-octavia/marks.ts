import type { Marks } from '@trencadis/openstack-client';

/**
 * Marks as tags of a thing of Octavia: `trencadis`, `tag=inf-a`, `pool=web`. They are made with the thing itself, and all
 * have them since API 2.5 (Stein, 2019).
 */
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

function splitAt(text: string, at: number): readonly [string, string] {
  return [text.slice(0, at), text.slice(at + 1)];
}

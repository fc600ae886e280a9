import { invalid } from './errors.ts';

/** What the platform knows about a thing that it made. Keys are short words. */
export type Marks = Readonly<Record<string, string>>;

const maxLength = 255;
const opening = 'trencadis';

/**
 * Marks as the description of a Neutron resource: `trencadis tag=inf-a network=front kind=public`. A description is
 * written with the resource itself; Neutron's own tags take a second request, and what is cut off between has none.
 */
export function writeDescription(marks: Marks): string {
  const words = Object.entries(marks).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  const text = [opening, ...words].join(' ');
  if (text.length <= maxLength) return text;
  throw invalid(
    Object.values(marks)[1] ?? text,
    `What OpenStack must remember of it (${text}) is longer than ${maxLength} characters: choose shorter names, or an id for a name.`,
  );
}

/** `undefined`: not ours. */
export function readDescription(description: string | null | undefined): Marks | undefined {
  const [first, ...words] = (description ?? '').split(' ');
  if (first !== opening) return undefined;
  const pairs = words.map((word) => {
    const at = word.indexOf('=');
    return [word.slice(0, at), decoded(word.slice(at + 1))] as const;
  });
  return Object.fromEntries(pairs);
}

/** Somebody may have written into it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

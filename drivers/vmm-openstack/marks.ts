import { sha256OfText } from '@trencadis/ids';
import { invalid } from './errors.ts';

/** What we know about a thing that we made. Keys are short words; of the text that they become, 255 characters fit. */
export type Marks = Readonly<Record<string, string>>;

const maxLength = 255;
const opening = 'trencadis';

/**
 * Marks as the description of a Neutron resource: `trencadis tag=inf-a network=front kind=public`. A description is
 * written with the resource itself; Neutron's own tags take a second request, and what is cut off between has none.
 */
export function writeMarks(marks: Marks): string {
  const words = Object.entries(marks).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  const text = [opening, ...words].join(' ');
  if (text.length <= maxLength) return text;
  throw invalid(
    Object.values(marks)[1] ?? text,
    `What OpenStack must remember of it (${text}) is longer than ${maxLength} characters: choose shorter names, or an id for a name.`,
  );
}

/** `undefined`: not ours. */
export function readMarks(description: string | null | undefined): Marks | undefined {
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

const maxServerTag = 60;

/** The tag that Nova lists by: at most 60 characters, so that a long one is shortened and told apart by its digest. */
export function serverTag(tag: string): string {
  const text = `trencadis=${tag}`;
  if (text.length <= maxServerTag) return text;
  return `${text.slice(0, 27)}~${sha256OfText(tag).slice(0, 32)}`;
}

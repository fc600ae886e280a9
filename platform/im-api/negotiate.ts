import { ImRefusal } from './im-refusal.ts';

export const mediaTypes = {
  text: 'text/plain',
  json: 'application/json',
  uris: 'text/uri-list',
  html: 'text/html',
  csv: 'text/csv',
} as const;
export type MediaType = (typeof mediaTypes)[keyof typeof mediaTypes];

interface Accepted {
  readonly range: string;
  readonly quality: number;
}

/** What of `offered` the client likes best; the first of it when it says nothing. Nothing of it: 415, as IM has it. */
export function negotiate(
  accept: string | undefined,
  offered: readonly [MediaType, ...MediaType[]],
): MediaType {
  const found = bestOf(accept, offered);
  if (found !== undefined) return found;
  throw new ImRefusal(415, `What you accept cannot be answered here; accept one of ${offered.join(', ')}.`);
}

/** As {@link negotiate}, for errors: those are told in any case. */
export function negotiateError(accept: string | undefined): MediaType {
  return bestOf(accept, [mediaTypes.text, mediaTypes.json, mediaTypes.html]) ?? mediaTypes.text;
}

function bestOf(
  accept: string | undefined,
  offered: readonly [MediaType, ...MediaType[]],
): MediaType | undefined {
  if (accept === undefined || accept.trim() === '') return offered[0];
  const liked = accept
    .split(',')
    .map(readRange)
    .filter(({ quality }) => quality > 0)
    .toSorted((one, other) => other.quality - one.quality);
  for (const { range } of liked) {
    const match = offered.find((type) => isIn(range, type));
    if (match !== undefined) return match;
  }
  return undefined;
}

function readRange(text: string): Accepted {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((each) => each.startsWith('q='))?.slice(2);
  return { range, quality: quality === undefined ? 1 : Number(quality) || 0 };
}

function isIn(range: string, type: MediaType): boolean {
  if (range === '*/*' || range === type) return true;
  return range.endsWith('/*') && type.startsWith(range.slice(0, -1));
}

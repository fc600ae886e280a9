export interface ScannedText {
  /** Offset after the text. */
  readonly end: number;
  readonly text: string;
  readonly isClosed: boolean;
  /** False: no text opened later finds a closing quote either, so that nobody looks for it again. */
  readonly hasQuoteAhead: boolean;
}

const quote = 0x27;
const backslash = 0x5c;
/** ` version=` just before a quote: what looks like the end of a text is the start of the next one. */
const nextFeatureBeforeQuote = /[\s,(][A-Za-z_][\w.-]*\s*(?:[<>]=?|=)\s*$/;
const whereTextEnds = /\n|,|\)|\sand(?=\s|$)/;

/** Reads the text that opens at `start`; without a quote ahead it ends with its line at the latest. */
export function scanText(source: string, start: number, hasQuoteAhead: boolean): ScannedText {
  const closing = hasQuoteAhead ? closingQuote(source, start + 1) : -1;
  if (closing < 0) {
    const newline = source.indexOf('\n', start);
    return { ...cutText(source, start, newline < 0 ? source.length : newline), hasQuoteAhead: false };
  }
  if (isMissingQuote(source, start, closing)) return { ...cutText(source, start, closing), hasQuoteAhead };
  const raw = source.slice(start + 1, closing);
  return { end: closing + 1, text: raw.includes('\\') ? unescaped(raw) : raw, isClosed: true, hasQuoteAhead };
}

function closingQuote(source: string, from: number): number {
  for (let index = from; index < source.length; index++) {
    const code = source.charCodeAt(index);
    if (code === backslash) index++;
    else if (code === quote) return index;
  }
  return -1;
}

function isMissingQuote(source: string, start: number, closing: number): boolean {
  const after = source.slice(closing + 1, closing + 5);
  if (!/^[\w.]/.test(after) || /^and(?![\w.-])/.test(after)) return false;
  return nextFeatureBeforeQuote.test(source.slice(Math.max(start + 1, closing - 80), closing));
}

function cutText(source: string, start: number, limit: number): Omit<ScannedText, 'hasQuoteAhead'> {
  const content = source.slice(start + 1, limit);
  const length = content.search(whereTextEnds);
  const text = length < 0 ? content : content.slice(0, length);
  return { end: start + 1 + text.length, text: text.trim(), isClosed: false };
}

/** Only `\'` loses its backslash; any other pair stays two characters (RADL, section 1). */
function unescaped(raw: string): string {
  return raw.replace(/\\([\s\S])/g, (pair, next: string) => (next === "'" ? "'" : pair));
}

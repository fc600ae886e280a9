import type { IToken } from 'chevrotain';
import type { Problem } from './diagnostics.ts';
import type { Span } from './model.ts';

/** A piece of a text and what came in its place. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Placed extends Replacement {
  /** Range of the new piece in the new text. */
  readonly from: number;
  readonly to: number;
}

/** A text with pieces replaced, and the way back: so that problems of the new text show at their place in the old. */
export class PlaceMap {
  /** The new text. */
  readonly text: string;
  readonly #placed: readonly Placed[];
  readonly #starts: readonly number[];
  readonly #lineStarts: readonly number[];

  /** `replacements` in the order of the text; they do not overlap. */
  constructor(original: string, replacements: readonly Replacement[]) {
    const parts: string[] = [];
    const placed: Placed[] = [];
    let read = 0;
    let length = 0;
    for (const replacement of replacements) {
      parts.push(original.slice(read, replacement.start), replacement.text);
      const from = length + replacement.start - read;
      length = from + replacement.text.length;
      read = replacement.end;
      placed.push({ ...replacement, from, to: length });
    }
    this.text = [...parts, original.slice(read)].join('');
    this.#placed = placed;
    this.#starts = placed.map(({ from }) => from);
    this.#lineStarts = [0, ...original.matchAll(/\n/g).map(({ index }) => index + 1)];
  }

  /** The place in the old text of a range of the new one. */
  toOriginal(start: number, end: number): Span {
    const first = this.#originalOf(start);
    const last = end > start ? this.#originalOf(end - 1) : first;
    const line = indexBelow(this.#lineStarts, first.start);
    const column = first.start - (this.#lineStarts[line] ?? 0) + 1;
    return { start: first.start, end: end > start ? last.end : first.start, line: line + 1, column };
  }

  token(token: IToken): IToken {
    const span = this.toOriginal(token.startOffset, (token.endOffset ?? token.startOffset) + 1);
    token.startOffset = span.start;
    token.endOffset = span.end - 1;
    token.startLine = span.line;
    token.startColumn = span.column;
    return token;
  }

  problem(problem: Problem): Problem {
    return { ...problem, span: this.toOriginal(problem.span.start, problem.span.end) };
  }

  /** The character, or the whole piece, that a character of the new text stands for. */
  #originalOf(offset: number): { readonly start: number; readonly end: number } {
    const piece = this.#placed[indexBelow(this.#starts, offset)];
    if (piece === undefined || offset < piece.from) return { start: offset, end: offset + 1 };
    if (offset < piece.to) return { start: piece.start, end: piece.end };
    const start = offset - piece.to + piece.end;
    return { start, end: start + 1 };
  }
}

/** Index of the last of the sorted `values` that is not above `wanted`; 0 when all are. */
function indexBelow(values: readonly number[], wanted: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((values[middle] ?? 0) <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}

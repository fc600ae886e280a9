import type { IToken } from 'chevrotain';
import type { Span } from './model.ts';

/** From the first token to the end of the last. A token made up by recovery has no place and does not count. */
export function spanOf(first: IToken, last: IToken = first): Span {
  const start = Math.max(0, first.startOffset || 0);
  const end = Math.max(start, (last.endOffset ?? -1) + 1 || 0);
  return { start, end, line: Math.max(1, first.startLine || 1), column: Math.max(1, first.startColumn || 1) };
}

import { lexRadl } from './lexer.ts';
import type { Dialect } from './model.ts';

export interface Comments {
  /** Those before the first section, each with its `#`. */
  readonly head: readonly string[];
  /** How many there are further down: printing a document loses them. */
  readonly innerCount: number;
}

/** The comments of a document. A document holds none, so who rewrites a file has to ask. */
export function commentsOf(text: string, dialect: Dialect): Comments {
  const { tokens } = lexRadl(text, dialect);
  const [first] = tokens;
  const head = commentsIn(text.slice(0, first?.startOffset ?? text.length));
  const inner = tokens.map((token, index) => {
    const start = (token.endOffset ?? token.startOffset) + 1;
    return commentsIn(text.slice(start, tokens[index + 1]?.startOffset ?? text.length)).length;
  });
  return { head, innerCount: inner.reduce((sum, count) => sum + count, 0) };
}

function commentsIn(gap: string): readonly string[] {
  return gap.split('\n').flatMap((line) => {
    const start = line.indexOf('#');
    return start < 0 ? [] : [line.slice(start).trimEnd()];
  });
}

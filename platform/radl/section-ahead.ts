import { keywords } from './tokens.ts';

const blank = /[ \t\r\n\f\v\uFEFF]+/y;
const comment = /#[^\n]*/y;
const name = /[A-Za-z_.][\p{L}\p{N}_.-]*/uy;

/** `NAME (` follows: only a section has that, so the word before it, free elsewhere, starts one. */
export function comesNameAndParenthesis(source: string, offset: number): boolean {
  const start = afterBlanks(source, offset);
  name.lastIndex = start;
  const id = name.exec(source)?.[0];
  if (id === undefined || keywords.has(id)) return false;
  return source[afterBlanks(source, start + id.length)] === '(';
}

/** `=` or another operator follows: the word before it is a key, whatever it means elsewhere. */
export function comesComparison(source: string, offset: number): boolean {
  return /[<>=]/.test(source.charAt(afterBlanks(source, offset)));
}

function afterBlanks(source: string, offset: number): number {
  let end = offset;
  for (;;) {
    const next = endOf(blank, source, end) ?? endOf(comment, source, end);
    if (next === undefined) return end;
    end = next;
  }
}

function endOf(pattern: RegExp, source: string, offset: number): number | undefined {
  pattern.lastIndex = offset;
  return pattern.test(source) ? pattern.lastIndex : undefined;
}

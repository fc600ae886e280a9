import type { IToken } from 'chevrotain';
import type { Problem } from './diagnostics.ts';
import type { InputParameter, InputValue } from './inputs.ts';
import type { LexerResult } from './lexer.ts';
import type { Span } from './model.ts';
import { Suggestions } from './nearest.ts';
import type { Replacement } from './place-map.ts';
import { printNumber, quoted } from './print-value.ts';
import { spanOf } from './spans.ts';
import { Recipe, Text } from './tokens.ts';

const placeholder = /@input\.([A-Za-z_][\w.-]*)@/g;

export interface Filling {
  readonly text: string;
  readonly lexed: LexerResult;
  readonly inputs: readonly InputParameter[];
  readonly chosen: ReadonlyMap<string, InputValue>;
  readonly report: (problem: Problem) => void;
}

/** Whether a text may hold placeholders at all. */
export function mentionsInputs(text: string): boolean {
  return text.includes('@input.');
}

/** What comes in the place of each placeholder, in the order of the text. Comments and `input` sections keep theirs. */
export function replacePlaceholders(filling: Filling): readonly Replacement[] {
  const { inputs, lexed, chosen, report } = filling;
  const used = new Set<string>();
  const unclosed = new Set(
    lexed.problems.flatMap(({ code, span }) => (code === 'RADL102' ? [span.start] : [])),
  );
  const suggestions = new Suggestions();
  const valueAt = (name: string, span: Span): InputValue | undefined => {
    used.add(name);
    const value = chosen.get(name);
    if (value !== undefined) return value;
    const best = suggestions.nearest(name, chosen.keys());
    const hint = best === undefined ? `declare it: input ${name} (type = 'string')` : `write @input.${best}@`;
    report({ code: 'RADL333', span, message: `input "${name}" is not declared`, hint });
    return undefined;
  };
  const replacements = outsideOf(inputs, lexed.tokens).flatMap((token) => {
    if (unclosed.has(token.startOffset)) return [];
    if (token.tokenType === Text) return inText(token, valueAt);
    if (token.tokenType === Recipe) return inRecipe(token, valueAt, report);
    return bare(filling.text, token, valueAt) ?? [];
  });
  for (const { name, span } of inputs) {
    if (used.has(name)) continue;
    report({ code: 'RADL322', severity: 'warning', span, message: `nothing uses input ${name}` });
  }
  return replacements;
}

type ValueAt = (name: string, span: Span) => InputValue | undefined;

/** The tokens that are not of an `input` section; both come in the order of the text. */
function outsideOf(inputs: readonly InputParameter[], tokens: readonly IToken[]): readonly IToken[] {
  let next = 0;
  return tokens.filter(({ startOffset }) => {
    while (startOffset >= (inputs[next]?.span.end ?? Number.POSITIVE_INFINITY)) next++;
    return startOffset < (inputs[next]?.span.start ?? Number.POSITIVE_INFINITY);
  });
}

function inText(token: IToken, valueAt: ValueAt): readonly Replacement[] {
  const content = String(token.payload);
  if (!mentionsInputs(content)) return [];
  const filled = content.replace(placeholder, (written, name: string) => {
    const value = valueAt(name, spanOf(token));
    return value === undefined ? written : plain(value);
  });
  return filled === content ? [] : [{ ...rangeOf(token), text: quoted(filled) }];
}

function inRecipe(
  token: IToken,
  valueAt: ValueAt,
  report: (problem: Problem) => void,
): readonly Replacement[] {
  if (!mentionsInputs(token.image)) return [];
  return [...token.image.matchAll(placeholder)].flatMap(({ 0: written, 1: name = '', index }) => {
    const span = spanInside(token, index, written.length);
    const value = valueAt(name, span);
    if (value === undefined) return [];
    const text = plain(value);
    if (!/[\r\n]/.test(text)) return [{ start: span.start, end: span.end, text }];
    const message = `the value of input ${name} has several lines, but a recipe takes it on one`;
    report({ code: 'RADL336', span, message });
    return [];
  });
}

/** Outside quotes the lexer skips `@` and reads a name: `input.NAME`. In comments it reads nothing. */
function bare(text: string, token: IToken, valueAt: ValueAt): Replacement | undefined {
  const start = token.startOffset - 1;
  if (!token.image.startsWith('input.') || text[start] !== '@') return undefined;
  const written = `@${token.image}@`;
  if (!text.startsWith(written, start)) return undefined;
  const range = { start, end: start + written.length };
  const column = (token.startColumn ?? 2) - 1;
  const value = valueAt(token.image.slice('input.'.length), { ...range, line: token.startLine ?? 1, column });
  if (value === undefined) return undefined;
  return { ...range, text: typeof value === 'number' ? printNumber(value) : quoted(value) };
}

function plain(value: InputValue): string {
  return typeof value === 'number' ? printNumber(value) : value;
}

function rangeOf(token: IToken): { readonly start: number; readonly end: number } {
  return { start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 };
}

function spanInside(token: IToken, index: number, length: number): Span {
  const before = token.image.slice(0, index);
  const newline = before.lastIndexOf('\n');
  const line = (token.startLine ?? 1) + (before.match(/\n/g)?.length ?? 0);
  const column = newline < 0 ? (token.startColumn ?? 1) + index : index - newline;
  const start = token.startOffset + index;
  return { start, end: start + length, line, column };
}

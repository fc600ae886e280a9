import { type IToken, type TokenType, createTokenInstance } from 'chevrotain';
import type { Problem } from './diagnostics.ts';
import type { Dialect, Span } from './model.ts';
import { RecipeScanner } from './scan-recipe.ts';
import { comesComparison, comesNameAndParenthesis } from './section-ahead.ts';
import { scanText } from './scan-text.ts';
import { textProblem } from './text-problem.ts';
import * as tokens from './tokens.ts';

const blank = /[ \t\r\n\f\v\uFEFF]+/y;
const comment = /#[^\n]*/y;
const name = /[A-Za-z_.][\p{L}\p{N}_.-]*/uy;
/** A resource type of a Puppet module: `web::site`. */
const moduleType = /[a-z]\w*(?:::[a-z]\w*)+/y;
const number = /\d+(?:\.\d*)?/y;
const comparison = /<=|>=|<|>|=/y;
/** Parentheses in parentheses that a document may need: three. The rest guards the parser's stack. */
const deepest = 32;

const brackets: ReadonlyMap<string, TokenType> = new Map([
  ['[', tokens.LeftBracket],
  [']', tokens.RightBracket],
  [',', tokens.Comma],
]);
const braces: ReadonlyMap<string, TokenType> = new Map([
  ['{', tokens.LeftBrace],
  ['}', tokens.RightBrace],
  [':', tokens.Colon],
]);

export interface LexerResult {
  readonly tokens: IToken[];
  readonly problems: readonly Problem[];
}

/** RADL text as tokens, in one pass and linear time. What is no RADL is skipped and reported. */
export function lexRadl(source: string, dialect: Dialect): LexerResult {
  return new RadlLexer(source, dialect).run();
}

class RadlLexer {
  readonly #source: string;
  readonly #dialect: Dialect;
  readonly #recipes: RecipeScanner;
  readonly #tokens: IToken[] = [];
  readonly #problems: Problem[] = [];
  #offset = 0;
  #line = 1;
  #lineStart = 0;
  #nextNewline: number;
  #depth = 0;
  /** The section word we are behind, and whether its `(` may still come. */
  #section: TokenType | undefined;
  #isInHead = false;
  #hasQuoteAhead = true;
  #skippedFrom: Span | undefined;

  constructor(source: string, dialect: Dialect) {
    this.#source = source;
    this.#dialect = dialect;
    this.#nextNewline = source.indexOf('\n');
    this.#recipes = new RecipeScanner(source, dialect);
  }

  run(): LexerResult {
    while (this.#offset < this.#source.length) this.#step();
    this.#endSkipped();
    return { tokens: this.#tokens, problems: this.#problems };
  }

  #step(): void {
    if (this.#passes(blank) || this.#passes(comment)) return;
    const word = (this.#hasBraces() ? this.#matchAt(moduleType) : undefined) ?? this.#matchAt(name);
    if (word !== undefined) return this.#word(word);
    const digits = this.#matchAt(number);
    if (digits !== undefined) return this.#push(tokens.NumberToken, digits);
    this.#mark();
  }

  #mark(): void {
    const first = this.#source.charAt(this.#offset);
    if (first === "'") return this.#text();
    if (first === '(' || first === ')') return this.#parenthesis(first);
    if (first === '@' && this.#recipes.isAt(this.#offset)) return this.#recipe();
    if (this.#depth > 0 && this.#symbol(first)) return;
    this.#skip();
  }

  #word(word: string): void {
    const keyword = this.#keyword(word);
    if (keyword !== undefined && tokens.sectionWords.includes(keyword)) {
      this.#section = keyword;
      this.#isInHead = true;
    }
    this.#push(keyword ?? tokens.Name, word);
  }

  /** Sections that are not IM's reserve no word: theirs are told by what follows, and their keys may be any word. */
  #keyword(word: string): TokenType | undefined {
    const known = tokens.knownWords.get(word);
    if (known === undefined) return undefined;
    const end = this.#offset + word.length;
    if (tokens.addedSectionWords.has(word)) {
      return this.#dialect !== 'im' && comesNameAndParenthesis(this.#source, end) ? known : undefined;
    }
    const isInAdded = this.#section !== undefined && tokens.addedSectionWords.has(this.#section.name);
    return isInAdded && this.#depth > 0 && comesComparison(this.#source, end) ? undefined : known;
  }

  /** Where resource lines are. */
  #hasBraces(): boolean {
    return this.#section === tokens.Configure && this.#dialect !== 'im';
  }

  /** Operators and brackets mean something only inside parentheses, braces only in a `configure`. */
  #symbol(first: string): boolean {
    const hasBraces = this.#hasBraces();
    if (hasBraces && this.#source.startsWith('=>', this.#offset)) {
      this.#push(tokens.Arrow, '=>');
      return true;
    }
    const operator = this.#matchAt(comparison);
    const type = operator === undefined ? undefined : tokens.ComparisonToken;
    const found = type ?? brackets.get(first) ?? (hasBraces ? braces.get(first) : undefined);
    if (found === undefined) return false;
    this.#push(found, operator ?? first);
    return true;
  }

  #parenthesis(image: '(' | ')'): void {
    if (image === ')') {
      this.#push(tokens.RightParen, image);
      this.#depth = Math.max(0, this.#depth - 1);
      return;
    }
    // A `(` behind a section's head starts at depth 1, whatever the section before it left open.
    this.#depth = this.#isInHead ? 1 : this.#depth + 1;
    if (this.#depth === deepest + 1) {
      const message = `parentheses nested more than ${deepest} deep are not read`;
      this.#problems.push({ code: 'RADL105', span: this.#span(this.#offset + 1), message });
    }
    this.#push(tokens.LeftParen, image);
  }

  #text(): void {
    const scanned = scanText(this.#source, this.#offset, this.#hasQuoteAhead);
    this.#hasQuoteAhead = scanned.hasQuoteAhead;
    // The last quote of a document, if it opens a text, is one more character that IM skips.
    if (this.#dialect === 'im' && !scanned.hasQuoteAhead) return this.#skip();
    const problem = textProblem(scanned, this.#dialect);
    if (problem !== undefined) this.#problems.push({ ...problem, span: this.#span(scanned.end) });
    this.#push(tokens.Text, this.#source.slice(this.#offset, scanned.end), scanned.text);
  }

  #recipe(): void {
    const scanned = this.#recipes.scan(this.#offset);
    if (scanned.problem !== undefined) {
      const message =
        scanned.problem === 'no-end'
          ? 'this recipe has no @end'
          : 'another recipe starts before this one ends';
      const hint = 'end it with a line that starts with @end, in the first column';
      const severity = scanned.isRead ? 'warning' : 'error';
      this.#problems.push({ code: 'RADL103', severity, span: this.#span(this.#offset + 6), message, hint });
    }
    this.#push(tokens.Recipe, this.#source.slice(this.#offset, scanned.end), scanned.text);
  }

  #push(type: TokenType, image: string, payload?: string): void {
    this.#endSkipped();
    const end = this.#offset + image.length;
    if (type !== tokens.Name && type !== tokens.NumberToken && type !== this.#section) this.#isInHead = false;
    if (this.#depth <= deepest || tokens.sectionWords.includes(type)) {
      const { line, column } = this.#span(end);
      const token = createTokenInstance(type, image, this.#offset, end - 1, line, line, column, column);
      if (payload !== undefined) token.payload = payload;
      this.#tokens.push(token);
    }
    this.#moveTo(end);
  }

  #skip(): void {
    const width = (this.#source.codePointAt(this.#offset) ?? 0) > 0xffff ? 2 : 1;
    const span = this.#span(this.#offset + width);
    const isNext = this.#skippedFrom?.end === span.start;
    if (!isNext) this.#endSkipped();
    const from = isNext ? (this.#skippedFrom ?? span) : span;
    this.#skippedFrom = { ...from, end: span.end };
    this.#offset += width;
  }

  #endSkipped(): void {
    const span = this.#skippedFrom;
    if (span === undefined) return;
    this.#skippedFrom = undefined;
    const skipped = this.#source.slice(span.start, span.end);
    const isSign = /^[-+]$/.test(skipped) && /\d/.test(this.#source.charAt(span.end));
    const shown = skipped.length > 20 ? `${skipped.slice(0, 20)}...` : skipped;
    this.#problems.push(
      isSign
        ? {
            code: 'RADL104',
            span,
            message: `numbers have no sign: "${skipped}" is skipped`,
            severity: this.#strict,
          }
        : {
            code: 'RADL101',
            span,
            message: `"${shown}" is not RADL here and is skipped`,
            severity: 'warning',
          },
    );
  }

  /** What IM accepts in silence is a warning in its dialect and an error in the others. */
  get #strict(): 'warning' | 'error' {
    return this.#dialect === 'im' ? 'warning' : 'error';
  }

  #matchAt(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    return pattern.exec(this.#source)?.[0];
  }

  #passes(pattern: RegExp): boolean {
    const image = this.#matchAt(pattern);
    if (image !== undefined) this.#moveTo(this.#offset + image.length);
    return image !== undefined;
  }

  #moveTo(end: number): void {
    while (this.#nextNewline >= 0 && this.#nextNewline < end) {
      this.#line++;
      this.#lineStart = this.#nextNewline + 1;
      this.#nextNewline = this.#source.indexOf('\n', this.#lineStart);
    }
    this.#offset = end;
  }

  #span(end: number): Span {
    return { start: this.#offset, end, line: this.#line, column: this.#offset - this.#lineStart + 1 };
  }
}

import type { LineProblem } from './vmrc-diagnostic.ts';

const blanks = /[\s\uFEFF]*/y;
/** Where a value without quotes ends, beside a comment: in a statement, and within parentheses. */
const endOfValue = { statement: /&&|\|\|/y, parentheses: /[,)]/y } as const;

export type Place = keyof typeof endOfValue;

/** A cursor over one line. After the first problem it stays where that is; every reading answers `undefined`. */
export class LineReader {
  readonly #text: string;
  #offset = 0;
  #problem: LineProblem | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#skipBlanks();
  }

  get problem(): LineProblem | undefined {
    return this.#problem;
  }

  /** Of what comes next. */
  get column(): number {
    return this.#offset + 1;
  }

  /** Nothing more but a comment. */
  get isAtEnd(): boolean {
    return this.#offset >= this.#text.length || this.#isComment(this.#offset);
  }

  /** What the sticky pattern matches here, and the blanks behind it. */
  take(pattern: RegExp): string | undefined {
    if (this.#problem !== undefined || this.isAtEnd) return undefined;
    const found = this.#match(pattern, this.#offset);
    if (found === undefined) return undefined;
    this.#offset += found.length;
    this.#skipBlanks();
    return found;
  }

  /** As {@link take}; without a match it is a problem. */
  expect(pattern: RegExp, message: string, hint?: string): string | undefined {
    return this.take(pattern) ?? this.fail(message, hint);
  }

  /** Keeps the first problem. */
  fail(message: string, hint?: string, column = this.column): undefined {
    this.#problem ??= { column, message, ...(hint === undefined ? {} : { hint }) };
    return undefined;
  }

  /** Text in quotes of either kind, in which a backslash protects a quote or a backslash; or what is before the end of the place. */
  value(place: Place): string | undefined {
    if (this.#problem !== undefined) return undefined;
    const quote = this.#text.charAt(this.#offset);
    const value = quote === "'" || quote === '"' ? this.#quoted(quote) : this.#bare(place);
    this.#skipBlanks();
    return value;
  }

  #quoted(quote: string): string | undefined {
    let value = '';
    for (let at = this.#offset + 1; at < this.#text.length; at++) {
      const isEscape = this.#text[at] === '\\' && [quote, '\\'].includes(this.#text.charAt(at + 1));
      if (this.#text[at] === quote) {
        this.#offset = at + 1;
        return value;
      }
      if (isEscape) at++;
      value += this.#text.charAt(at);
    }
    return this.fail('this text has no closing quote', `end it with ${quote} on the same line`);
  }

  #bare(place: Place): string | undefined {
    let end = this.#offset;
    while (end < this.#text.length && !this.#isComment(end) && !this.#match(endOfValue[place], end)) end++;
    const value = this.#text.slice(this.#offset, end).trim();
    if (value === '') return this.fail('a value is missing here');
    if (/^[=<>!]/.test(value)) {
      return this.fail(
        `a value is expected here, not '${value.charAt(0)}'`,
        'put a value in quotes if it begins so',
      );
    }
    this.#offset = end;
    return value;
  }

  #isComment(at: number): boolean {
    return this.#text[at] === '#' && (at === 0 || /\s/.test(this.#text.charAt(at - 1)));
  }

  #skipBlanks(): void {
    this.#offset += this.#match(blanks, this.#offset)?.length ?? 0;
  }

  #match(pattern: RegExp, at: number): string | undefined {
    pattern.lastIndex = at;
    return pattern.exec(this.#text)?.[0];
  }
}

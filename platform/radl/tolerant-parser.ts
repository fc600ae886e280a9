import { EOF, EmbeddedActionsParser, type IToken } from 'chevrotain';
import { DiagnosticList, type Problem } from './diagnostics.ts';
import { found } from './found-token.ts';
import type { Dialect } from './model.ts';
import { spanOf } from './spans.ts';
import { allTokens } from './tokens.ts';

/**
 * A grammar that takes every sequence of tokens: what must be there is optional and missed aloud, and each list
 * takes strays (see tokens.ts). So an error costs the words it is made of and no more, one pass finds all, and
 * Chevrotain's own recovery, which looks for the outermost way on and drops the section in between, never runs.
 */
export abstract class TolerantParser extends EmbeddedActionsParser {
  protected dialect: Dialect = 'trencadis';
  protected diagnostics = new DiagnosticList();
  /** The token last complained of: more words of the same trouble are no news. */
  #lastTrouble: IToken | undefined;

  constructor() {
    super([...allTokens], { recoveryEnabled: false, maxLookahead: 1 });
  }

  /** Forgets the document before. */
  protected begin(input: IToken[], dialect: Dialect, diagnostics: DiagnosticList): void {
    this.input = input;
    this.dialect = dialect;
    this.diagnostics = diagnostics;
    this.#lastTrouble = undefined;
  }

  protected readonly report = (problem: Problem): void => this.diagnostics.add(problem);

  /** Says that `what` should stand before the next token. */
  protected miss(what: string, hint?: string): void {
    this.ACTION(() => {
      const next = this.LA(1);
      const isRepeated = next === this.#lastTrouble;
      this.#lastTrouble = next;
      if (isRepeated) return;
      // The end of the text has no place of its own: the last word stands for it.
      const place = next.tokenType === EOF ? this.LA(0) : next;
      const message = `${what} is expected before ${found(next)}`;
      this.report({ code: 'RADL201', span: spanOf(place), message, hint });
    });
  }

  /** Reports the first of strays in a row. */
  protected stray(token: IToken): void {
    this.ACTION(() => {
      const isRepeated = token === this.#lastTrouble || this.LA(-1) === this.#lastTrouble;
      this.#lastTrouble = token;
      if (isRepeated) return;
      this.report({ code: 'RADL202', span: spanOf(token), message: `${found(token)} does not belong here` });
    });
  }

  /** Says that the `(` of `opening` is never closed. */
  protected missClosing(opening: IToken): void {
    this.miss('`)`', `close the parenthesis of line ${opening.startLine}`);
  }

  protected numberOf(token: IToken): number {
    const value = Number(token.image);
    if (Number.isFinite(value)) return value;
    const severity = this.dialect === 'im' ? 'warning' : 'error';
    this.report({ code: 'RADL104', severity, span: spanOf(token), message: 'this number is too large' });
    return Number.MAX_VALUE;
  }
}

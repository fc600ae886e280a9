import type { IToken } from 'chevrotain';
import type { Problem } from './diagnostics.ts';
import type { Feature } from './model.ts';
import { spanOf } from './spans.ts';
import { found } from './found-token.ts';
import { Comma } from './tokens.ts';

/** Features are joined by one `and`; where `canUseCommas` (`contains` of Fig. 3) a comma does as well. */
export class FeatureJoins {
  readonly #into: Feature[];
  readonly #canUseCommas: boolean;
  readonly #report: (problem: Problem) => void;
  #pending: IToken | undefined;
  #needsJoin = false;

  constructor(into: Feature[], canUseCommas: boolean, report: (problem: Problem) => void) {
    this.#into = into;
    this.#canUseCommas = canUseCommas;
    this.#report = report;
  }

  separator(token: IToken): void {
    const isComma = token.tokenType === Comma;
    if (this.#pending !== undefined) {
      const message = `${found(token)} follows another "${this.#pending.image}"`;
      this.#report({ code: 'RADL203', span: spanOf(token), message, hint: 'remove one of them' });
    } else if (isComma && (!this.#canUseCommas || !this.#needsJoin)) {
      const message = 'features are joined by `and`, not by a comma';
      this.#report({ code: 'RADL204', span: spanOf(token), message, hint: 'write and' });
    }
    this.#pending = token;
    this.#needsJoin = false;
  }

  feature(first: IToken, feature: Feature | undefined): void {
    if (this.#needsJoin) {
      const message = `\`and\` is missing before ${found(first)}`;
      this.#report({ code: 'RADL203', span: spanOf(first), message });
    }
    if (feature !== undefined) this.#into.push(feature);
    this.#pending = undefined;
    // Behind a broken feature nobody knows what its rest is: no second complaint.
    this.#needsJoin = feature !== undefined;
  }

  end(): void {
    if (this.#pending === undefined) return;
    const message = `no feature follows this ${found(this.#pending)}`;
    this.#report({ code: 'RADL203', span: spanOf(this.#pending), message, hint: 'remove it' });
  }
}

import type { IToken, ParserMethod } from 'chevrotain';
import { FeatureJoins } from './feature-joins.ts';
import type { Comparison, Feature, Value } from './model.ts';
import { spanOf } from './spans.ts';
import * as tokens from './tokens.ts';
import { TolerantParser } from './tolerant-parser.ts';

/** Features: `key op value and key contains (...) and soft 10 (...)`. */
export abstract class FeatureGrammar extends TolerantParser {
  protected readonly features: ParserMethod<[into: Feature[], canUseCommas: boolean], void> = this.RULE(
    'features',
    (into: Feature[], canUseCommas: boolean) => {
      const joins = this.ACTION(() => new FeatureJoins(into, canUseCommas, this.report));
      const opening = this.CONSUME(tokens.LeftParen);
      this.MANY(() =>
        this.OR([
          { ALT: () => this.join(joins, this.CONSUME(tokens.And)) },
          { ALT: () => this.join(joins, this.CONSUME(tokens.Comma)) },
          {
            ALT: () => {
              const first = this.LA(1);
              const feature = this.SUBRULE(this.feature);
              this.ACTION(() => joins.feature(first, feature));
            },
          },
          {
            ALT: () => {
              const first = this.LA(1);
              const feature = this.SUBRULE(this.soft);
              this.ACTION(() => joins.feature(first, feature));
            },
          },
          { ALT: () => this.stray(this.CONSUME(tokens.StrayInFeatures)) },
        ]),
      );
      this.ACTION(() => joins.end());
      const closing = this.OPTION(() => this.CONSUME(tokens.RightParen));
      if (closing === undefined) this.missClosing(opening);
    },
  );

  private join(joins: FeatureJoins, separator: IToken): void {
    this.ACTION(() => joins.separator(separator));
  }

  private readonly soft: ParserMethod<[], Feature | undefined> = this.RULE('softFeature', () => {
    const features: Feature[] = [];
    const first = this.CONSUME(tokens.Soft);
    const weight = this.OPTION(() => this.CONSUME(tokens.NumberToken));
    if (weight === undefined) this.miss('a number, the weight,');
    const list = this.OPTION2(() => this.group(features, false));
    if (list === undefined) this.miss('`(`');
    return this.ACTION((): Feature | undefined => {
      if (weight === undefined || list === undefined) return undefined;
      return { kind: 'soft', weight: this.numberOf(weight), features, span: spanOf(first, this.LA(0)) };
    });
  });

  private group(features: Feature[], canUseCommas: boolean): readonly Feature[] {
    this.SUBRULE(this.features, { ARGS: [features, canUseCommas] });
    return features;
  }

  private readonly feature: ParserMethod<[], Feature | undefined> = this.RULE('feature', () => {
    const first = this.LA(1);
    const key = this.SUBRULE(this.words);
    return this.OR([
      {
        ALT: (): Feature | undefined => {
          const operator = this.CONSUME(tokens.ComparisonToken).image as Comparison;
          const value = this.SUBRULE(this.value);
          if (value === undefined) return undefined;
          const end = this.LA(0);
          return this.ACTION(() => ({ kind: 'comparison', key, operator, value, span: spanOf(first, end) }));
        },
      },
      {
        ALT: (): Feature | undefined => {
          const features: Feature[] = [];
          this.CONSUME(tokens.Contains);
          const list = this.OPTION(() => this.group(features, this.dialect !== 'im'));
          if (list === undefined) this.miss('`(`');
          const end = this.LA(0);
          return this.ACTION(() => ({ kind: 'contains', key, features, span: spanOf(first, end) }));
        },
      },
      { ALT: (): Feature | undefined => this.missing('an operator (=, <, <=, >, >=) or `contains`') },
    ]);
  });

  /** The alternative of none: the last of an OR. */
  protected missing(what: string): undefined {
    this.miss(what);
    return undefined;
  }

  /** A name; several in a row are one with blanks where `_` belongs. */
  protected readonly words: ParserMethod<[], string> = this.RULE('words', () => {
    const first = this.CONSUME(tokens.Name);
    const all = [first.image];
    this.MANY(() => {
      const next = this.CONSUME2(tokens.Name);
      this.ACTION(() => all.push(next.image));
    });
    return this.ACTION(() => {
      const name = all.join('_');
      if (all.length > 1) {
        const written = all.length > 6 ? `${all.slice(0, 6).join(' ')} ...` : all.join(' ');
        const message = `"${written}" is several words where one name belongs`;
        this.report({ code: 'RADL205', span: spanOf(first, this.LA(0)), message, hint: `write ${name}` });
      }
      return name;
    });
  });

  protected readonly value: ParserMethod<[], Value | undefined> = this.RULE('value', () =>
    this.OR([
      { ALT: (): Value | undefined => this.SUBRULE(this.quantity) },
      { ALT: () => this.textValue(this.CONSUME(tokens.Text)) },
      { ALT: () => this.SUBRULE(this.texts) },
      { ALT: () => this.unquoted(this.CONSUME(tokens.Name)) },
      { ALT: () => this.missing('a number, a text in quotes or a list') },
    ]),
  );

  private readonly quantity: ParserMethod<[], Value> = this.RULE('quantity', () => {
    const digits = this.CONSUME(tokens.NumberToken);
    const unit = this.OPTION({
      GATE: () => !this.startsFeature(),
      DEF: () => this.CONSUME(tokens.Name),
    });
    return this.ACTION((): Value => {
      if (unit?.image.startsWith('.') && unit.startOffset === (digits.endOffset ?? 0) + 1) {
        const text = this.unquoted(digits, unit);
        // To IM `1.6.0` is the number 1.6 with the unit `.0`.
        if (this.dialect !== 'im') return text;
      }
      const value = this.numberOf(digits);
      const hasPoint = digits.image.includes('.') && Number.isInteger(value);
      return {
        kind: 'number',
        value,
        ...(unit === undefined ? {} : { unit: unit.image }),
        ...(hasPoint ? { hasPoint } : {}),
      };
    });
  });

  private readonly texts: ParserMethod<[], Value> = this.RULE('texts', (): Value => {
    const texts: string[] = [];
    let needsComma = false;
    this.CONSUME(tokens.LeftBracket);
    this.MANY(() =>
      this.OR([
        {
          ALT: () => {
            if (needsComma) this.miss('`,`');
            const next = this.CONSUME(tokens.Text);
            this.ACTION(() => texts.push(String(next.payload)));
            needsComma = true;
          },
        },
        {
          ALT: () => {
            const isFirst = this.ACTION(() => texts.length === 0 && this.LA(2).tokenType === tokens.Text);
            if (isFirst) this.leadingComma();
            else if (!needsComma) this.miss('a text in quotes');
            this.CONSUME(tokens.Comma);
            needsComma = false;
          },
        },
        { ALT: () => this.stray(this.CONSUME(tokens.StrayInTexts)) },
      ]),
    );
    if (texts.length > 0 && !needsComma) this.miss('a text in quotes');
    const closing = this.OPTION(() => this.CONSUME(tokens.RightBracket));
    if (closing === undefined) this.miss('`]`');
    return { kind: 'list', texts };
  });

  /** IM passes over one comma before the first text. */
  private leadingComma(): void {
    const severity = this.dialect === 'im' ? 'warning' : 'error';
    const message = 'a list starts with a text in quotes, not with a comma';
    this.report({ code: 'RADL204', severity, span: spanOf(this.LA(1)), message, hint: 'remove it' });
  }

  /** A name that is a key again (`count = 1 memory.size >= 1G`, the `and` forgotten) is no unit. */
  private startsFeature(): boolean {
    const type = this.LA(2).tokenType;
    return type === tokens.ComparisonToken || type === tokens.Contains;
  }

  private textValue(token: IToken): Value {
    return { kind: 'text', text: String(token.payload) };
  }

  private unquoted(first: IToken, last: IToken = first): Value {
    const text = first === last ? first.image : first.image + last.image;
    this.ACTION(() => {
      const message = `${text} is neither a number nor a text in quotes`;
      const severity = first === last || this.dialect !== 'im' ? 'error' : 'warning';
      this.report({ code: 'RADL206', severity, span: spanOf(first, last), message, hint: `write '${text}'` });
    });
    return { kind: 'text', text };
  }
}

import { EmbeddedActionsParser, type IToken, type ParserMethod, type TokenType } from 'chevrotain';
import { DiagnosticList, type Problem } from './diagnostics.ts';
import { FeatureJoins } from './feature-joins.ts';
import type { Comparison, Dialect, Feature, Value } from './model.ts';
import { spanOf } from './spans.ts';
import { found, syntaxMessages } from './syntax-messages.ts';
import * as tokens from './tokens.ts';

/** Only punctuation may be made up to go on; an invented name or number would be a lie. */
const insertable: ReadonlySet<TokenType> = new Set([
  tokens.RightParen,
  tokens.RightBracket,
  tokens.RightBrace,
  tokens.Colon,
  tokens.ComparisonToken,
]);

/**
 * Features: `key op value and key contains (...) and soft 10 (...)`.
 * Every list takes strays (see tokens.ts) itself, so an error costs the words it is made of and no more.
 */
export abstract class FeatureGrammar extends EmbeddedActionsParser {
  protected dialect: Dialect = 'trencadis';
  protected diagnostics = new DiagnosticList();
  #lastStray: IToken | undefined;

  constructor() {
    super([...tokens.allTokens], {
      recoveryEnabled: true,
      maxLookahead: 2,
      errorMessageProvider: syntaxMessages,
    });
  }

  protected override canTokenTypeBeInsertedInRecovery(type: TokenType): boolean {
    return insertable.has(type);
  }

  protected readonly features: ParserMethod<[into: Feature[], canUseCommas: boolean], void> = this.RULE(
    'features',
    (into: Feature[], canUseCommas: boolean) => {
      const joins = this.ACTION(() => new FeatureJoins(into, canUseCommas, this.report));
      this.CONSUME(tokens.LeftParen);
      this.MANY(() =>
        this.OR([
          { ALT: () => this.CONSUME(tokens.And) && this.ACTION(() => joins.separator(this.LA(0))) },
          { ALT: () => this.CONSUME(tokens.Comma) && this.ACTION(() => joins.separator(this.LA(0))) },
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
      this.CONSUME(tokens.RightParen);
    },
  );

  private readonly soft: ParserMethod<[], Feature | undefined> = this.RULE('softFeature', () => {
    const first = this.CONSUME(tokens.Soft);
    const weight = this.CONSUME(tokens.NumberToken);
    const features: Feature[] = [];
    this.SUBRULE(this.features, { ARGS: [features, false] });
    return this.ACTION(() => {
      const value = this.numberOf(weight);
      return { kind: 'soft', weight: value, features, span: spanOf(first, this.LA(0)) } satisfies Feature;
    });
  });

  private readonly feature: ParserMethod<[], Feature | undefined> = this.RULE(
    'feature',
    (): Feature | undefined => {
      const first = this.LA(1);
      const key = this.SUBRULE(this.words);
      return this.OR([
        {
          ALT: () => {
            const operator = this.CONSUME(tokens.ComparisonToken).image as Comparison;
            const value = this.SUBRULE(this.value);
            return this.ACTION((): Feature | undefined =>
              value === undefined
                ? undefined
                : { kind: 'comparison', key, operator, value, span: spanOf(first, this.LA(0)) },
            );
          },
        },
        {
          ALT: () => {
            const features: Feature[] = [];
            this.CONSUME(tokens.Contains);
            this.SUBRULE(this.features, { ARGS: [features, this.dialect !== 'im'] });
            const end = this.LA(0);
            return this.ACTION((): Feature => ({
              kind: 'contains',
              key,
              features,
              span: spanOf(first, end),
            }));
          },
        },
      ]);
    },
  );

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
        const message = `"${all.join(' ')}" is several words where one name belongs`;
        this.report({ code: 'RADL205', span: spanOf(first, this.LA(0)), message, hint: `write ${name}` });
      }
      return name;
    });
  });

  private readonly value: ParserMethod<[], Value | undefined> = this.RULE('value', () =>
    this.OR([
      { ALT: () => this.SUBRULE(this.quantity) },
      { ALT: () => this.textValue(this.CONSUME(tokens.Text)) },
      { ALT: () => this.SUBRULE(this.texts) },
      { ALT: () => this.unquoted(this.CONSUME(tokens.Name)) },
    ]),
  );

  protected readonly quantity: ParserMethod<[], Value> = this.RULE('quantity', () => {
    const digits = this.CONSUME(tokens.NumberToken);
    const unit = this.OPTION({
      GATE: () => !this.startsFeature(),
      DEF: () => this.CONSUME(tokens.Name),
    });
    return this.ACTION((): Value => {
      if (unit?.image.startsWith('.') && unit.startOffset === (digits.endOffset ?? 0) + 1) {
        return this.unquoted(digits, unit);
      }
      const value = this.numberOf(digits);
      return unit === undefined ? { kind: 'number', value } : { kind: 'number', value, unit: unit.image };
    });
  });

  private readonly texts: ParserMethod<[], Value> = this.RULE('texts', () => {
    const texts: string[] = [];
    let needsComma = false;
    this.CONSUME(tokens.LeftBracket);
    this.MANY(() =>
      this.OR([
        {
          ALT: () => {
            const next = this.CONSUME(tokens.Text);
            this.ACTION(() => {
              if (needsComma) this.expected('`,`', next);
              texts.push(String(next.payload));
              needsComma = true;
            });
          },
        },
        {
          ALT: () => {
            const next = this.CONSUME(tokens.Comma);
            this.ACTION(() => {
              if (!needsComma) this.expected('a text in quotes', next);
              needsComma = false;
            });
          },
        },
        { ALT: () => this.stray(this.CONSUME(tokens.StrayInTexts)) },
      ]),
    );
    const end = this.CONSUME(tokens.RightBracket);
    return this.ACTION((): Value => {
      if (texts.length > 0 && !needsComma) this.expected('a text in quotes', end);
      return { kind: 'list', texts };
    });
  });

  /** A name that is a key again (`count = 1 memory.size >= 1G`, the `and` forgotten) is no unit. */
  private startsFeature(): boolean {
    const type = this.LA(2).tokenType;
    return type === tokens.ComparisonToken || type === tokens.Contains;
  }

  protected textValue(token: IToken): Value {
    return { kind: 'text', text: String(token.payload) };
  }

  private unquoted(first: IToken, last: IToken = first): Value {
    const text = first === last ? first.image : first.image + last.image;
    this.ACTION(() => {
      const message = `${text} is neither a number nor a text in quotes`;
      this.report({ code: 'RADL206', span: spanOf(first, last), message, hint: `write '${text}'` });
    });
    return { kind: 'text', text };
  }

  protected numberOf(token: IToken): number {
    const value = Number(token.image);
    if (Number.isFinite(value)) return value;
    this.report({ code: 'RADL104', span: spanOf(token), message: 'this number is too large' });
    return Number.MAX_VALUE;
  }

  /** Reports the first of strays in a row. */
  protected stray(token: IToken): void {
    this.ACTION(() => {
      const isNext = this.#lastStray !== undefined && this.LA(-1) === this.#lastStray;
      this.#lastStray = token;
      if (!isNext) {
        this.report({
          code: 'RADL202',
          span: spanOf(token),
          message: `${found(token)} does not belong here`,
        });
      }
    });
  }

  protected expected(what: string, before: IToken): void {
    const message = `${what} is expected before ${found(before)}`;
    this.report({ code: 'RADL201', span: spanOf(before), message });
  }

  protected readonly report = (problem: Problem): void => this.diagnostics.add(problem);
}

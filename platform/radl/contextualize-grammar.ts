import type { ParserMethod } from 'chevrotain';
import { ConfigureGrammar } from './configure-grammar.ts';
import type { RadlContextualize, Value } from './model.ts';
import { spanOf } from './spans.ts';
import * as tokens from './tokens.ts';

type Item = RadlContextualize['items'][number];
type ContextualizeOption = RadlContextualize['options'][number];

/** `contextualize` sections: which configure runs on which system, at which step or with which tool. */
export abstract class ContextualizeGrammar extends ConfigureGrammar {
  protected readonly contextualize: ParserMethod<[], void> = this.RULE('contextualizeSection', () => {
    const head = this.CONSUME(tokens.Contextualize);
    const time = this.OPTION(() => this.CONSUME(tokens.NumberToken));
    const options: ContextualizeOption[] = [];
    const items: Item[] = [];
    this.CONSUME(tokens.LeftParen);
    this.MANY({
      GATE: () => !this.startsSection(),
      DEF: () =>
        this.OR2([
          {
            ALT: () => {
              const option = this.SUBRULE(this.toolOption, { ARGS: [items.length > 0] });
              this.ACTION(() => option !== undefined && options.push(option));
            },
          },
          {
            ALT: () => {
              const item = this.SUBRULE(this.assignment);
              this.ACTION(() => item !== undefined && items.push(item));
            },
          },
          { ALT: () => this.stray(this.CONSUME(tokens.StrayInContextualize)) },
        ]),
    });
    this.CONSUME(tokens.RightParen);
    this.ACTION(() => {
      const times = time === undefined ? {} : { maxTimeSeconds: this.numberOf(time) };
      this.builder.contextualizes.push({ ...times, options, items, span: spanOf(head, this.LA(0)) });
    });
  });

  private readonly toolOption: ParserMethod<[isLate: boolean], ContextualizeOption | undefined> = this.RULE(
    'toolOption',
    (isLate: boolean) => {
      const head = this.CONSUME(tokens.Option);
      const name = this.CONSUME(tokens.Name);
      this.CONSUME(tokens.ComparisonToken);
      const value: Value | undefined = this.OR([
        { ALT: () => this.textValue(this.CONSUME(tokens.Text)) },
        { ALT: () => this.SUBRULE(this.quantity) },
      ]);
      return this.ACTION(() => {
        if (isLate) {
          const message = 'options come before the systems to configure';
          this.report({ code: 'RADL207', span: spanOf(head, this.LA(0)), message });
        }
        return value === undefined ? undefined : { name: name.image, value };
      });
    },
  );

  private readonly assignment: ParserMethod<[], Item | undefined> = this.RULE('assignment', () => {
    const head = this.CONSUME(tokens.System);
    const systemId = this.SUBRULE(this.words);
    this.CONSUME(tokens.Configure);
    const configureId = this.SUBRULE2(this.words);
    let step: number | undefined;
    let tool: string | undefined;
    this.MANY(() =>
      this.OR([
        {
          ALT: () => {
            this.CONSUME(tokens.Step);
            const digits = this.CONSUME(tokens.NumberToken);
            this.ACTION(() => (step = this.numberOf(digits)));
          },
        },
        {
          ALT: () => {
            this.CONSUME(tokens.With);
            const name = this.CONSUME(tokens.Name);
            this.ACTION(() => (tool = name.image));
          },
        },
      ]),
    );
    return this.ACTION((): Item => {
      const span = spanOf(head, this.LA(0));
      if (step !== undefined && tool !== undefined) {
        const message = 'an item has a step or a tool, not both';
        this.report({ code: 'RADL209', span, message, hint: 'remove one of them' });
      }
      return {
        systemId,
        configureId,
        ...(step === undefined ? {} : { step }),
        ...(tool === undefined || step !== undefined ? {} : { tool }),
        span,
      };
    });
  });

  /** `system X (` is the next section: this one lacks its `)`. */
  private startsSection(): boolean {
    return this.LA(1).tokenType === tokens.System && this.LA(3).tokenType === tokens.LeftParen;
  }
}

import type { IToken, ParserMethod } from 'chevrotain';
import { ConfigureGrammar } from './configure-grammar.ts';
import type { RadlContextualize, Value } from './model.ts';
import { spanOf } from './spans.ts';
import * as tokens from './tokens.ts';

type Item = RadlContextualize['items'][number];
type ToolOption = RadlContextualize['options'][number];

/** `contextualize` sections: which configure runs on which system, at which step or with which tool. */
export abstract class ContextualizeGrammar extends ConfigureGrammar {
  protected readonly contextualize: ParserMethod<[], void> = this.RULE('contextualizeSection', () => {
    const options: ToolOption[] = [];
    const items: Item[] = [];
    const head = this.CONSUME(tokens.Contextualize);
    const time = this.OPTION(() => this.CONSUME(tokens.NumberToken));
    const list = this.OPTION2(() => this.assignmentsInto(options, items));
    if (list === undefined) this.miss('`(`');
    this.ACTION(() => {
      const times = time === undefined ? {} : { maxTimeSeconds: this.timeOf(time) };
      this.builder.contextualizes.push({ ...times, options, items, span: spanOf(head, this.LA(0)) });
    });
  });

  private timeOf(token: IToken): number {
    const time = this.numberOf(token);
    if (token.image.includes('.') && Number.isInteger(time)) {
      const message = `the time is a whole number, not ${token.image}`;
      this.report({ code: 'RADL320', span: spanOf(token), message });
    }
    return time;
  }

  private assignmentsInto(options: ToolOption[], items: Item[]): readonly Item[] {
    this.SUBRULE(this.assignments, { ARGS: [options, items] });
    return items;
  }

  private readonly assignments: ParserMethod<[options: ToolOption[], items: Item[]], void> = this.RULE(
    'assignments',
    (options: ToolOption[], items: Item[]) => {
      const opening = this.CONSUME(tokens.LeftParen);
      this.MANY({
        GATE: () => !this.startsSection(),
        DEF: () =>
          this.OR([
            {
              ALT: () => {
                const isLate = this.ACTION(() => items.length > 0);
                const option = this.SUBRULE(this.toolOption, { ARGS: [isLate] });
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
      const closing = this.OPTION(() => this.CONSUME(tokens.RightParen));
      if (closing === undefined) this.missClosing(opening);
    },
  );

  private readonly toolOption: ParserMethod<[isLate: boolean], ToolOption | undefined> = this.RULE(
    'toolOption',
    (isLate: boolean) => {
      const head = this.CONSUME(tokens.Option);
      const name = this.OPTION(() => this.CONSUME(tokens.Name));
      if (name === undefined) this.miss('a name');
      const operator = this.OPTION2(() => this.CONSUME(tokens.ComparisonToken));
      if (operator === undefined) this.miss('`=`');
      const value = this.SUBRULE(this.value);
      return this.ACTION(() => {
        if (isLate) {
          const message = 'options come before the systems to configure';
          this.report({ code: 'RADL207', span: spanOf(head, this.LA(0)), message });
        }
        if (value !== undefined) this.checkOption(head, value);
        return name === undefined || value === undefined ? undefined : { name: name.image, value };
      });
    },
  );

  private checkOption(head: IToken, value: Value): void {
    if (value.kind === 'text' || (value.kind === 'number' && value.unit === undefined)) return;
    const message = 'an option takes a text in quotes or a number without unit';
    this.report({ code: 'RADL201', span: spanOf(head, this.LA(0)), message });
  }

  private readonly assignment: ParserMethod<[], Item | undefined> = this.RULE('assignment', () => {
    const head = this.CONSUME(tokens.System);
    const systemId = this.OPTION(() => this.SUBRULE(this.words));
    if (systemId === undefined) this.miss('the id of a system');
    const configure = this.OPTION2(() => this.CONSUME(tokens.Configure));
    if (configure === undefined) this.miss('`configure`');
    const configureId = this.OPTION3(() => this.SUBRULE2(this.words));
    if (configureId === undefined) this.miss('the id of a configure');
    const step = this.OPTION4(() => this.SUBRULE(this.step));
    const tool = this.OPTION5(() => this.SUBRULE(this.tool));
    return this.ACTION(() => {
      const span = spanOf(head, this.LA(0));
      if (step !== undefined && tool !== undefined) {
        const message = 'an item has a step or a tool, not both';
        this.report({ code: 'RADL209', span, message, hint: 'remove one of them' });
      }
      if (systemId === undefined || configureId === undefined) return undefined;
      const order = step !== undefined ? { step } : tool !== undefined ? { tool } : {};
      return { systemId, configureId, ...order, span };
    });
  });

  private readonly step: ParserMethod<[], number | undefined> = this.RULE('itemStep', () => {
    this.CONSUME(tokens.Step);
    const digits = this.OPTION(() => this.CONSUME(tokens.NumberToken));
    if (digits === undefined) this.miss('a number');
    return this.ACTION(() => (digits === undefined ? undefined : this.numberOf(digits)));
  });

  private readonly tool: ParserMethod<[], string | undefined> = this.RULE('itemTool', () => {
    this.CONSUME(tokens.With);
    const name = this.OPTION(() => this.CONSUME(tokens.Name));
    if (name === undefined) this.miss('the name of a tool');
    return name?.image;
  });

  /** `system X (` is the next section: this one lacks its `)`. */
  private startsSection(): boolean {
    return this.LA(1).tokenType === tokens.System && this.LA(3).tokenType === tokens.LeftParen;
  }
}

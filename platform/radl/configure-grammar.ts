import type { IToken, ParserMethod } from 'chevrotain';
import { DocumentBuilder, type Draft } from './document-builder.ts';
import { FeatureGrammar } from './feature-grammar.ts';
import type { RadlConfigure, RadlResourceLine } from './model.ts';
import { spanOf } from './spans.ts';
import * as tokens from './tokens.ts';

interface Body {
  recipe: IToken | undefined;
  readonly lines: RadlResourceLine[];
}

/** `configure` sections: a recipe, or the Puppet resource lines of Fig. 3. */
export abstract class ConfigureGrammar extends FeatureGrammar {
  protected builder = new DocumentBuilder();

  protected readonly configure: ParserMethod<[], void> = this.RULE('configureSection', () => {
    const head = this.CONSUME(tokens.Configure);
    const id = this.OPTION(() => this.SUBRULE(this.words));
    if (id === undefined) this.miss('an id');
    const section = this.ACTION(() => this.openConfigure(head, id ?? ''));
    this.OPTION2(() => {
      const body = this.SUBRULE(this.body);
      this.ACTION(() => {
        section.isReference = false;
        section.body = this.bodyOf(body);
      });
    });
    this.ACTION(() => (section.span = spanOf(head, this.LA(0))));
  });

  private openConfigure(head: IToken, id: string): Draft<RadlConfigure> {
    const span = spanOf(head, this.LA(0));
    const section: Draft<RadlConfigure> = { id, isReference: true, body: { kind: 'none' }, span };
    if (id !== '') this.builder.configures.push(section);
    return section;
  }

  private readonly body: ParserMethod<[], Body> = this.RULE('configureBody', () => {
    const body: Body = { recipe: undefined, lines: [] };
    const opening = this.CONSUME(tokens.LeftParen);
    this.MANY(() =>
      this.OR([
        {
          ALT: () => {
            const recipe = this.CONSUME(tokens.Recipe);
            this.ACTION(() => this.addRecipe(body, recipe));
          },
        },
        {
          ALT: () => {
            const line = this.SUBRULE(this.resourceLine);
            this.ACTION(() => line !== undefined && body.lines.push(line));
          },
        },
        { ALT: () => this.stray(this.CONSUME(tokens.StrayInConfigure)) },
      ]),
    );
    const closing = this.OPTION(() => this.CONSUME(tokens.RightParen));
    if (closing === undefined) this.missClosing(opening);
    return body;
  });

  private addRecipe(body: Body, recipe: IToken): void {
    if (body.recipe !== undefined) {
      this.report({ code: 'RADL201', span: spanOf(recipe), message: 'a configure section has one recipe' });
    }
    body.recipe ??= recipe;
  }

  private bodyOf({ recipe, lines }: Body): RadlConfigure['body'] {
    const [line] = lines;
    if (recipe !== undefined && line !== undefined) {
      const message = 'a configure section has a recipe or resource lines, not both';
      this.report({ code: 'RADL201', span: line.span, message });
    }
    if (recipe !== undefined) return { kind: 'recipe', text: String(recipe.payload) };
    return line === undefined ? { kind: 'none' } : { kind: 'resource-lines', lines };
  }

  private readonly resourceLine: ParserMethod<[], RadlResourceLine | undefined> = this.RULE(
    'resourceLine',
    () => {
      const attributes: [name: string, value: string][] = [];
      const type = this.CONSUME(tokens.Name);
      const opening = this.OPTION(() => this.CONSUME(tokens.LeftBrace));
      if (opening === undefined) this.miss('`{`', this.resourceHint);
      const title = this.OPTION2(() => this.CONSUME(tokens.Text));
      if (title === undefined) this.miss('a title in quotes');
      const colon = this.OPTION3(() => this.CONSUME(tokens.Colon));
      if (colon === undefined) this.miss('`:`');
      this.OPTION4({
        GATE: () => opening !== undefined,
        DEF: () => this.SUBRULE(this.attributes, { ARGS: [attributes] }),
      });
      if (title === undefined) return undefined;
      return this.ACTION(() => ({
        type: type.image,
        title: this.titleOf(title),
        attributes: Object.fromEntries(attributes),
        span: spanOf(type, this.LA(0)),
      }));
    },
  );

  private get resourceHint(): string | undefined {
    return this.dialect === 'im' ? 'resource lines are read in the dialects paper and trencadis' : undefined;
  }

  private titleOf(token: IToken): string {
    const title = String(token.payload);
    if (!title.includes('\n')) return title;
    const joined = title.replace(/[ \t\r]*\n[ \t\r\n]*/g, '');
    const message = 'this title is broken over lines';
    this.report({ code: 'RADL205', span: spanOf(token), message, hint: `write '${joined}'` });
    return joined;
  }

  private readonly attributes: ParserMethod<[into: [name: string, value: string][]], void> = this.RULE(
    'attributes',
    (into: [name: string, value: string][]) => {
      this.MANY(() =>
        this.OR([
          {
            ALT: () => {
              const attribute = this.SUBRULE(this.attribute);
              this.ACTION(() => attribute !== undefined && into.push(attribute));
            },
          },
          { ALT: () => this.CONSUME(tokens.Comma) },
          { ALT: () => this.stray(this.CONSUME(tokens.StrayInResource)) },
        ]),
      );
      const closing = this.OPTION(() => this.CONSUME(tokens.RightBrace));
      if (closing === undefined) this.miss('`}`');
    },
  );

  private readonly attribute: ParserMethod<[], [string, string] | undefined> = this.RULE('attribute', () => {
    const name = this.CONSUME(tokens.Name);
    const arrow = this.OPTION(() => this.CONSUME(tokens.Arrow));
    if (arrow === undefined) this.miss('`=>`');
    const value = this.OR([
      { ALT: (): IToken | undefined => this.CONSUME(tokens.Text) },
      { ALT: () => this.CONSUME(tokens.NumberToken) },
      { ALT: () => this.CONSUME2(tokens.Name) },
      { ALT: () => this.missing('a value') },
    ]);
    if (value === undefined) return undefined;
    return this.ACTION((): [string, string] => [name.image, String(value.payload ?? value.image)]);
  });
}

import type { IToken, ParserMethod } from 'chevrotain';
import { DocumentBuilder, type Draft } from './document-builder.ts';
import { FeatureGrammar } from './feature-grammar.ts';
import type { RadlConfigure, RadlResourceLine } from './model.ts';
import { spanOf } from './spans.ts';
import * as tokens from './tokens.ts';

/** `configure` sections: a recipe, or the Puppet resource lines of Fig. 3. */
export abstract class ConfigureGrammar extends FeatureGrammar {
  protected builder = new DocumentBuilder();

  protected readonly configure: ParserMethod<[], void> = this.RULE('configureSection', () => {
    const head = this.CONSUME(tokens.Configure);
    const id = this.SUBRULE(this.words);
    const section = this.ACTION(() => this.openConfigure(head, id));
    this.OPTION(() => {
      this.CONSUME(tokens.LeftParen);
      const lines: RadlResourceLine[] = [];
      let recipe: IToken | undefined;
      this.MANY(() =>
        this.OR([
          {
            ALT: () => {
              const next = this.CONSUME(tokens.Recipe);
              this.ACTION(() => (recipe = this.onlyRecipe(recipe, next)));
            },
          },
          {
            ALT: () => {
              const line = this.SUBRULE(this.resourceLine);
              this.ACTION(() => line !== undefined && lines.push(line));
            },
          },
          { ALT: () => this.stray(this.CONSUME(tokens.StrayInConfigure)) },
        ]),
      );
      this.ACTION(() => {
        section.isReference = false;
        section.body = this.bodyOf(recipe, lines);
      });
      this.CONSUME(tokens.RightParen);
    });
    this.ACTION(() => (section.span = spanOf(head, this.LA(0))));
  });

  private openConfigure(head: IToken, id: string): Draft<RadlConfigure> {
    const span = spanOf(head, this.LA(0));
    const section: Draft<RadlConfigure> = { id, isReference: true, body: { kind: 'none' }, span };
    this.builder.configures.push(section);
    return section;
  }

  private onlyRecipe(first: IToken | undefined, next: IToken): IToken {
    if (first === undefined) return next;
    this.report({ code: 'RADL201', span: spanOf(next), message: 'a configure section has one recipe' });
    return first;
  }

  private bodyOf(recipe: IToken | undefined, lines: readonly RadlResourceLine[]): RadlConfigure['body'] {
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
      this.CONSUME(tokens.LeftBrace);
      const title = this.CONSUME(tokens.Text);
      this.CONSUME(tokens.Colon);
      this.MANY(() =>
        this.OR([
          {
            ALT: () => {
              const attribute = this.SUBRULE(this.attribute);
              this.ACTION(() => attribute !== undefined && attributes.push(attribute));
            },
          },
          { ALT: () => this.CONSUME(tokens.Comma) },
          { ALT: () => this.stray(this.CONSUME(tokens.StrayInResource)) },
        ]),
      );
      this.CONSUME(tokens.RightBrace);
      return this.ACTION(() => ({
        type: type.image,
        title: this.titleOf(title),
        attributes: Object.fromEntries(attributes),
        span: spanOf(type, this.LA(0)),
      }));
    },
  );

  private titleOf(token: IToken): string {
    const title = String(token.payload);
    if (!title.includes('\n')) return title;
    const joined = title.replace(/\s*\n\s*/g, '');
    const message = 'this title is broken over lines';
    this.report({ code: 'RADL205', span: spanOf(token), message, hint: `write '${joined}'` });
    return joined;
  }

  private readonly attribute: ParserMethod<[], [string, string] | undefined> = this.RULE('attribute', () => {
    const name = this.CONSUME(tokens.Name);
    this.CONSUME(tokens.Arrow);
    const value = this.OR([
      { ALT: () => this.CONSUME(tokens.Text) },
      { ALT: () => this.CONSUME(tokens.NumberToken) },
      { ALT: () => this.CONSUME2(tokens.Name) },
    ]);
    return this.ACTION((): [string, string] => [name.image, String(value.payload ?? value.image)]);
  });
}

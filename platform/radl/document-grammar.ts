import type { IToken, ParserMethod } from 'chevrotain';
import type { DiagnosticList } from './diagnostics.ts';
import { ContextualizeGrammar } from './contextualize-grammar.ts';
import { DocumentBuilder, type FeatureSection } from './document-builder.ts';
import type { Dialect } from './model.ts';
import { spanOf } from './spans.ts';
import * as tokens from './tokens.ts';

const sectionLists = new Map([
  [tokens.Network, 'networks'],
  [tokens.System, 'systems'],
  [tokens.Ansible, 'ansibles'],
  [tokens.Service, 'services'],
  [tokens.Input, 'inputs'],
  [tokens.Output, 'outputs'],
] as const);

/** The sections of a document (RADL, section 2; resource lines: section 8). One instance reads many documents. */
export class DocumentGrammar extends ContextualizeGrammar {
  /** Known before the first section is read: a service is deployed without a number. */
  #serviceIds: ReadonlySet<string> = new Set();

  constructor() {
    super();
    this.performSelfAnalysis();
  }

  /** Reads all sections; what could not be read is in `diagnostics`. */
  read(input: IToken[], dialect: Dialect, diagnostics: DiagnosticList): DocumentBuilder {
    this.begin(input, dialect, diagnostics);
    this.builder = new DocumentBuilder();
    this.#serviceIds = serviceIdsOf(input);
    this.document();
    return this.builder;
  }

  private readonly document: ParserMethod<[], void> = this.RULE('document', () => {
    this.MANY(() =>
      this.OR([
        { ALT: () => this.SUBRULE(this.featureSection) },
        { ALT: () => this.SUBRULE(this.configure) },
        { ALT: () => this.SUBRULE(this.contextualize) },
        { ALT: () => this.SUBRULE(this.deploy) },
        { ALT: () => this.stray(this.CONSUME(tokens.StrayInDocument)) },
      ]),
    );
  });

  private readonly featureSection: ParserMethod<[], void> = this.RULE('featureSection', () => {
    const head = this.OR([
      { ALT: () => this.CONSUME(tokens.Network) },
      { ALT: () => this.CONSUME(tokens.System) },
      { ALT: () => this.CONSUME(tokens.Ansible) },
      { ALT: () => this.CONSUME(tokens.Description) },
      { ALT: () => this.CONSUME(tokens.Service) },
      { ALT: () => this.CONSUME(tokens.Input) },
      { ALT: () => this.CONSUME(tokens.Output) },
    ]);
    const id = this.OPTION(() => this.SUBRULE(this.words));
    if (id === undefined) this.miss('an id');
    const section = this.ACTION(() => this.openSection(head, id ?? ''));
    this.OPTION2(() => {
      const into = this.ACTION(() => section.features);
      this.SUBRULE(this.features, { ARGS: [into, false] });
      this.ACTION(() => (section.isReference = false));
    });
    this.ACTION(() => this.closeSection(head, section));
  });

  private openSection(head: IToken, id: string): FeatureSection {
    const section: FeatureSection = { id, isReference: true, features: [], span: spanOf(head, this.LA(0)) };
    if (head.tokenType === tokens.Description) this.checkDescription(head);
    if (id !== '') this.builder[sectionLists.get(head.tokenType) ?? 'descriptions'].push(section);
    return section;
  }

  private checkDescription(head: IToken): void {
    if (this.builder.isEmpty) return;
    const message = 'a document has one description, before its other sections';
    this.report({ code: 'RADL207', span: spanOf(head), message });
  }

  private closeSection(head: IToken, section: FeatureSection): void {
    section.span = spanOf(head, this.LA(0));
    if (head.tokenType === tokens.Ansible && section.isReference) {
      const message = `ansible ${section.id} needs its features in parentheses`;
      this.report({ code: 'RADL201', span: section.span, message });
    }
    if (head.tokenType === tokens.Network && this.dialect === 'paper') section.isReference = false;
  }

  private readonly deploy: ParserMethod<[], void> = this.RULE('deploySection', () => {
    const head = this.CONSUME(tokens.Deploy);
    // A service has no number behind it: a cloud there is no second word of its id.
    const service = this.OPTION4({
      GATE: () => this.#serviceIds.has(this.LA(1).image),
      DEF: () => this.CONSUME2(tokens.Name),
    });
    const words = this.OPTION({
      GATE: () => service === undefined,
      DEF: () => this.SUBRULE(this.words),
    });
    const systemId = service?.image ?? words;
    if (systemId === undefined) this.miss('the id of a system');
    const count = this.OPTION2(() => this.CONSUME(tokens.NumberToken));
    if (count === undefined && service === undefined) this.miss('a number of machines');
    const cloud = this.OPTION3(() => this.CONSUME(tokens.Name));
    this.ACTION(() => {
      if (systemId === undefined || (count === undefined && service === undefined)) return;
      const cloudId = cloud === undefined ? {} : { cloudId: cloud.image };
      const span = spanOf(head, this.LA(0));
      const machines = count === undefined ? 1 : this.numberOf(count);
      this.builder.deploys.push({ systemId, count: machines, ...cloudId, span });
    });
  });
}

function serviceIdsOf(input: readonly IToken[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (let index = 1; index < input.length; index++) {
    const id = input[index];
    if (id !== undefined && input[index - 1]?.tokenType === tokens.Service) ids.add(id.image);
  }
  return ids;
}

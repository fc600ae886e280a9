import { detectDialect } from './dialect.ts';
import { DiagnosticList } from './diagnostics.ts';
import { DocumentGrammar } from './document-grammar.ts';
import { foldIds } from './fold-ids.ts';
import { type LexerResult, lexRadl } from './lexer.ts';
import type { Diagnostic, Dialect, RadlDocument } from './model.ts';

export interface RadlOptions {
  /** Default: what a comment `# dialect: paper` at the top says, else `trencadis`. */
  readonly dialect?: Dialect;
}

export interface RadlReading {
  readonly document: RadlDocument;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Blank to IM as well; a mark of byte order is not. */
const blank = /^(?:(?!\uFEFF)\s)*$/;

// Building the grammar's tables takes longer than reading most documents; it holds nothing between them.
let grammar: DocumentGrammar | undefined;

/** Text to document, without checking what it means. Never throws: what cannot be read is a diagnostic. */
export function parseRadl(text: string, options: RadlOptions = {}): RadlReading {
  const dialect = options.dialect ?? detectDialect(text);
  return parseLexed(lexRadl(text, dialect), text, dialect);
}

/** The tokens of `text` to a document. */
export function parseLexed({ tokens, problems }: LexerResult, text: string, dialect: Dialect): RadlReading {
  const diagnostics = new DiagnosticList();
  for (const problem of problems) diagnostics.add(problem);
  grammar ??= new DocumentGrammar();
  const builder = grammar.read(tokens, dialect, diagnostics);
  if (!builder.hasSentence && !blank.test(text)) reportNoSection(text, dialect, diagnostics);
  const document = builder.build();
  return {
    document: dialect === 'paper' ? foldIds(document, diagnostics) : document,
    diagnostics: diagnostics.inOrder(),
  };
}

/** IM takes an empty text, but not one with only comments or a description. */
function reportNoSection(text: string, dialect: Dialect, diagnostics: DiagnosticList): void {
  diagnostics.add({
    code: 'RADL208',
    severity: dialect === 'im' ? 'error' : 'warning',
    span: { start: 0, end: text.length, line: 1, column: 1 },
    message: 'the document has no section',
  });
}

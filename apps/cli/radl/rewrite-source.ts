import {
  type Comments,
  type Diagnostic,
  type Dialect,
  type RadlDocument,
  commentsOf,
  fillInputs,
  formatDiagnostic,
  isRadlJson,
  parseRadl,
  printRadl,
  printRadlJson,
  translateDialect,
} from '@trencadis/radl';
import { type Source, dialectOf, parseSource } from './source.ts';

export type Format = 'radl' | 'json';

export interface Rewriting {
  readonly dialect?: Dialect;
  /** Default: as it was. */
  readonly to?: Format;
  readonly toDialect?: Dialect;
  readonly inputs?: Readonly<Record<string, string>>;
}

/** The new text, or why there is none; `problems` are printed as a compiler does. */
export interface Rewritten {
  readonly text: string | undefined;
  readonly format: Format;
  readonly problems: readonly string[];
  /** Comments that the new text no longer has. */
  readonly lostComments: number;
}

/** A document in canonical form, in another format or in another dialect. What cannot be read is not rewritten. */
export function rewriteSource(source: Source, options: Rewriting): Rewritten {
  const dialect = dialectOf(source, options.dialect);
  const toDialect = options.toDialect ?? dialect;
  const format = options.to ?? (isRadlJson(source.text) ? 'json' : 'radl');
  const { document, errors, text } = readFilled(source, dialect, options.inputs);
  if (errors.length > 0) return unwritten(format, errors, { ...source, text });
  const translated = translateDialect(document, toDialect);
  const body = printRadl(translated);
  const unsaid = toDialect === dialect ? [] : errorsOfForm(body, toDialect);
  if (unsaid.length > 0) {
    return unwritten(format, unsaid, { file: `${source.file} in dialect ${toDialect}`, text: body });
  }
  const { head, innerCount } = isRadlJson(source.text) ? noComments : commentsOf(source.text, dialect);
  if (format === 'radl') {
    return { text: headWith(head, toDialect) + body, format, problems: [], lostComments: innerCount };
  }
  const json = JSON.stringify(printRadlJson(translated, { dialect: toDialect }), undefined, 2);
  return { text: `${json}\n`, format, problems: [], lostComments: head.length + innerCount };
}

const noComments: Comments = { head: [], innerCount: 0 };

interface Filled {
  readonly document: RadlDocument;
  readonly errors: readonly Diagnostic[];
  /** Where the errors are: as given, or with its inputs filled in. */
  readonly text: string;
}

function readFilled(source: Source, dialect: Dialect, inputs: Rewriting['inputs']): Filled {
  const { text, diagnostics } =
    inputs === undefined
      ? { text: source.text, diagnostics: [] }
      : fillInputs(source.text, inputs, { dialect });
  const parsed = parseSource({ ...source, text }, dialect);
  const wrongInputs = diagnostics.filter(isError);
  return wrongInputs.length > 0
    ? { document: parsed.document, errors: wrongInputs, text: source.text }
    : { document: parsed.document, errors: parsed.diagnostics.filter(isError), text };
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}

function unwritten(format: Format, errors: readonly Diagnostic[], { file, text }: Source): Rewritten {
  const problems = errors.map((error) => formatDiagnostic(error, text, file));
  return { text: undefined, format, problems, lostComments: 0 };
}

/** What a dialect has no words for breaks the form of the text (RADL1xx, RADL2xx); other errors were there before. */
function errorsOfForm(text: string, dialect: Dialect): readonly Diagnostic[] {
  return parseRadl(text, { dialect }).diagnostics.filter(isError);
}

/** Comments at the top stay; one of them names the dialect, where it is not ours. */
function headWith(comments: readonly string[], dialect: Dialect): string {
  const others = comments.filter((comment) => !/^#[ \t]*dialect[ \t]*:/.test(comment));
  const head = dialect === 'trencadis' ? others : [`# dialect: ${dialect}`, ...others];
  return head.length === 0 ? '' : `${head.join('\n')}\n\n`;
}

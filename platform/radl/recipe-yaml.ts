import { type Document, Lexer, isCollection, parseAllDocuments, visit } from 'yaml';

type Parsed = Document.Parsed;

/** Where a recipe is no YAML that Ansible reads, and why. */
export interface RecipeProblem {
  readonly message: string;
  /** Of the recipe, from 1. */
  readonly line?: number;
  /** PyYAML is laxer here: inside quotes and brackets it does not look at the indentation. */
  readonly isDoubtful?: boolean;
}

const noText = /[^\t\n\r\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

const options = { version: '1.1', uniqueKeys: false, logLevel: 'silent' } as const;

/** The first problem of a recipe read as one YAML 1.1 document of plain data: what PyYAML's `safe_load` refuses. */
export function recipeProblem(text: string, canHaveTags: boolean): RecipeProblem | undefined {
  const control = text.search(noText);
  if (control >= 0) return { message: 'it holds a control character', ...lineOf(text, control) };
  const documents = parseAllDocuments(text, options);
  if (!Array.isArray(documents)) return tabProblem(text);
  const [document, second] = documents;
  if (document === undefined) return tabProblem(text);
  if (second !== undefined) return { message: 'it is more than one YAML document' };
  return syntaxProblem(document, text, canHaveTags) ?? nodeProblem(document, text) ?? tabProblem(text);
}

function syntaxProblem(
  { errors, warnings }: Parsed,
  text: string,
  canHaveTags: boolean,
): RecipeProblem | undefined {
  const [problem] = canHaveTags ? errors : [...errors, ...warnings];
  if (problem === undefined) return undefined;
  const message = problem.message.split(/ at line |\n/)[0] ?? problem.message;
  const line = problem.linePos?.[0].line;
  return {
    message,
    ...(line === undefined ? {} : { line }),
    isDoubtful: isIndentation(message, text.slice(problem.pos[0])),
  };
}

function isIndentation(message: string, rest: string): boolean {
  const quote = /^Missing closing (["'])/.exec(message)?.[1];
  return quote === undefined ? /^Flow .* sufficiently indented/.test(message) : rest.includes(quote);
}

/** An alias needs its anchor before it; a key cannot be a map or a list: `{{ name }}` without quotes is both. */
function nodeProblem(document: Parsed, text: string): RecipeProblem | undefined {
  const anchors = new Set<string>();
  let problem: RecipeProblem | undefined;
  visit(document, {
    Node(_, { anchor }) {
      if (anchor !== undefined) anchors.add(anchor);
    },
    Alias(_, { source, range }) {
      if (anchors.has(source)) return undefined;
      problem = { message: `the alias *${source} has no anchor`, ...lineOf(text, range?.[0]) };
      return visit.BREAK;
    },
    Pair(_, { key }) {
      if (!isCollection(key)) return undefined;
      const message = 'a map or a list is no key; put quotes around a text that starts with { or [';
      problem = { message, ...lineOf(text, key.range?.[0]) };
      return visit.BREAK;
    },
  });
  return problem;
}

/** What the lexer of `yaml` puts between lexemes: it stands for no text. */
const marks: ReadonlySet<string> = new Set(['\u0002', '\u0018', '\u001F', '\uFEFF']);

/** PyYAML takes blanks between words, not tabs. */
function tabProblem(text: string): RecipeProblem | undefined {
  if (!text.includes('\t')) return undefined;
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (/^[ \t]*\t[ \t]*$/.test(lexeme)) {
      return { message: 'YAML is indented and spaced with blanks, not tabs', ...lineOf(text, offset) };
    }
    if (!marks.has(lexeme)) offset += lexeme.length;
  }
  return undefined;
}

function lineOf(text: string, offset: number | undefined): { readonly line?: number } {
  return offset === undefined ? {} : { line: text.slice(0, offset).split('\n').length };
}

import { type Document, Lexer, type Pair, isCollection, isScalar, parseAllDocuments, visit } from 'yaml';
import { withIndentedBrackets } from './indented-brackets.ts';

type Parsed = Document.Parsed;

/** Where a recipe is no YAML that Ansible reads, and why. */
export interface RecipeProblem {
  readonly message: string;
  /** Of the recipe, from 1. */
  readonly line?: number;
}

const noText = /[^\t\n\r\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

const options = { version: '1.1', uniqueKeys: false, logLevel: 'silent' } as const;

/** Whether a recipe that no tool is named for looks like plays, a cloud-config or something in Ansible-Vault. */
export function isYamlRecipe(text: string): boolean {
  const first = text.split('\n').find((line) => /^\s*[^\s#]/.test(line)) ?? '';
  return /^(---|- |\w+:(\s|$)|\$ANSIBLE_VAULT)/.test(first.trimStart());
}

/** The first problem of a recipe read as one YAML 1.1 document of plain data: what PyYAML's `safe_load` refuses. */
export function recipeProblem(recipe: string, canHaveTags: boolean): RecipeProblem | undefined {
  const control = recipe.search(noText);
  if (control >= 0) return { message: 'it holds a control character', ...lineOf(recipe, control) };
  const { text, documents } = read(recipe);
  const [document, second] = documents;
  if (document === undefined) return tabProblem(text);
  if (second !== undefined) return { message: 'it is more than one YAML document' };
  return syntaxProblem(document, canHaveTags) ?? nodeProblem(document, text) ?? tabProblem(text);
}

/** Quotes and brackets whose indentation is worth a repair: each costs one more reading. */
const mostRepairs = 8;

function read(recipe: string): { readonly text: string; readonly documents: readonly Parsed[] } {
  let text = recipe;
  let documents = parsed(text);
  for (let repairs = 0; repairs < mostRepairs; repairs++) {
    const error = documents[0]?.errors[0];
    const next = error === undefined ? undefined : withIndentedBrackets(text, error);
    if (next === undefined) break;
    text = next;
    documents = parsed(text);
  }
  return { text, documents };
}

function parsed(text: string): readonly Parsed[] {
  const documents = parseAllDocuments(text, options);
  return Array.isArray(documents) ? documents : [];
}

function syntaxProblem({ errors, warnings }: Parsed, canHaveTags: boolean): RecipeProblem | undefined {
  const [problem] = canHaveTags ? errors : [...errors, ...warnings];
  if (problem === undefined) return undefined;
  const message = problem.message.split(/ at line |\n/)[0] ?? problem.message;
  const line = problem.linePos?.[0].line;
  return line === undefined ? { message } : { message, line };
}

/** An alias needs its anchor before it, a key must be a word. */
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
    Pair(_, pair) {
      problem = keyProblem(pair, text);
      return problem === undefined ? undefined : visit.BREAK;
    },
  });
  return problem;
}

/** A key cannot be a map or a list, as `{{ name }}` without quotes is, nor nothing, if no `?` says so. */
function keyProblem({ key }: Pair, text: string): RecipeProblem | undefined {
  if (isCollection(key)) {
    const message = 'a map or a list is no key; put quotes around a text that starts with { or [';
    return { message, ...lineOf(text, key.range?.[0]) };
  }
  if (!isScalar(key) || !key.range || key.range[0] !== key.range[1] || key.anchor !== undefined)
    return undefined;
  const [start] = key.range;
  if (text.slice(0, start).trimEnd().endsWith('?')) return undefined;
  return { message: 'a key is missing', ...lineOf(text, start) };
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

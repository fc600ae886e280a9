import { type Document, type Node, type YAMLMap, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import { problemsOfPlay } from './play-keys.ts';

/** One YAML document of a recipe, as it stands in the text. */
export interface PlayList {
  /** From the start of its first line. */
  readonly start: number;
  readonly end: number;
  /** One play without its dash is allowed too. */
  readonly isSinglePlay: boolean;
  readonly plays: readonly YAMLMap[];
  /** The plays as plain data. */
  readonly data: readonly Readonly<Record<string, unknown>>[];
}

export interface ReadRecipe {
  readonly lists: readonly PlayList[];
  /** Each begins with its line; empty when all is well. */
  readonly problems: readonly string[];
}

/** As PyYAML, which Ansible reads with. */
const options = { version: '1.1', uniqueKeys: false, logLevel: 'silent' } as const;

/**
 * A recipe of the Infrastructure Manager: a list of plays, or one play, in each of its YAML documents. Plays need no
 * `hosts`: a recipe is for the machines of its system. An empty recipe is one too: disks, applications and names only.
 */
export function readRecipe(text: string): ReadRecipe {
  const parsed = parseAllDocuments(text, options);
  const documents = Array.isArray(parsed) ? parsed : [];
  const lists: PlayList[] = [];
  const problems: string[] = [];
  for (const document of documents) {
    const found = readDocument(text, document);
    problems.push(...found.problems);
    if (found.list) lists.push(found.list);
  }
  return { lists, problems };
}

interface ReadDocument {
  readonly list?: PlayList;
  readonly problems: readonly string[];
}

function readDocument(text: string, document: Document.Parsed): ReadDocument {
  const syntax = syntaxProblem(document);
  if (syntax !== undefined) return { problems: [syntax] };
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return { problems: [] };
  const line = `line ${lineOf(text, contents)}`;
  const plays = playsOf(contents);
  if (!plays) return { problems: [`${line}: a recipe is a list of plays, each with keys such as tasks.`] };
  const data = dataOf(document);
  if (!data) return { problems: [`${line}: its aliases grow beyond measure.`] };
  const problems = plays.flatMap((play) => problemsOfPlay(play, (node) => lineOf(text, node)));
  const start = text.slice(0, contents.range[0]).lastIndexOf('\n') + 1;
  const end = document.range[2];
  return { list: { start, end, isSinglePlay: isMap(contents), plays, data }, problems };
}

function syntaxProblem({ errors: [error] }: Document.Parsed): string | undefined {
  if (!error) return undefined;
  const [message = ''] = error.message.split(/ at line |\n/);
  return `line ${error.linePos?.[0].line ?? 1}: it is not YAML: ${message}.`;
}

function playsOf(contents: Node): readonly YAMLMap[] | undefined {
  const nodes: readonly unknown[] = isSeq(contents) ? contents.items : [contents];
  const plays = nodes.filter((node) => isMap(node));
  return plays.length === 0 || plays.length < nodes.length ? undefined : plays;
}

function dataOf(document: Document.Parsed): PlayList['data'] | undefined {
  try {
    const data: unknown = document.toJS();
    return (Array.isArray(data) ? data : [data]) as PlayList['data'];
  } catch (error) {
    // What `yaml` says of aliases of aliases of aliases, before they fill the memory.
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

function lineOf(text: string, node: Node): number {
  return text.slice(0, node.range?.[0] ?? 0).split('\n').length;
}

import type { RawAuthLine, RawAuthLines } from './auth-lines.ts';

const blank = /[ \t]*/y;
const lineBreak = /\\n|\r?\n/y;
const separator = /;/y;
/** To the end of the line; `\\n` does not end it. */
const restOfLine = /(?:\\\\n|(?!\\n)[^\r\n])*/y;
const restOfEntry = /(?:\\\\n|(?!\\n)[^;\r\n])*/y;
const assignment = /([A-Za-z]\w*)[ \t]*=[ \t]*/y;
const quoted = /"([^"]*)"|'([^']*)'/y;
const openQuote = /["']/y;
const readByClients = /^(file|command)\((.*)\)$/s;

/** What a file holds whose path a value names; `undefined` where it cannot be read. Only a client's files may be. */
export type ReadNamedFile = (path: string) => string | undefined;

/** The lines of the text form, each with its keys and values; entries that are not of the form are problems. */
export function scanAuthLines(text: string, readFile?: ReadNamedFile): RawAuthLines {
  const scanner = new Scanner(text, readFile);
  const lines: RawAuthLine[] = [];
  for (let number = 1; !scanner.isAtEnd; number += 1) {
    scanner.take(blank);
    const entries = scanner.startsWith('#') ? [] : scanner.takeEntries(number);
    scanner.take(restOfLine);
    scanner.take(lineBreak);
    if (entries.length > 0) lines.push({ number, entries });
  }
  return { lines, problems: scanner.problems };
}

interface Value {
  readonly text: string;
}

class Scanner {
  readonly problems: string[] = [];
  readonly #text: string;
  readonly #readFile: ReadNamedFile | undefined;
  #at = 0;

  constructor(text: string, readFile: ReadNamedFile | undefined) {
    this.#text = text;
    this.#readFile = readFile;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  startsWith(start: string): boolean {
    return this.#text.startsWith(start, this.#at);
  }

  /** What matches here, and goes on behind it. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text) ?? undefined;
    this.#at += match?.[0].length ?? 0;
    return match;
  }

  /** To the end of the line. */
  takeEntries(line: number): readonly (readonly [string, string])[] {
    const entries: (readonly [string, string])[] = [];
    for (let position = 1; !this.#isAtLineEnd(); position += 1) {
      const entry = this.#takeEntry();
      if (typeof entry === 'string') this.problems.push(`line ${line}: entry ${position} ${entry}`);
      else if (entry !== undefined) entries.push(entry);
      this.take(separator);
      this.take(blank);
    }
    return entries;
  }

  /** `undefined` where there is nothing; a text says what is wrong. */
  #takeEntry(): readonly [string, string] | string | undefined {
    const key = this.take(assignment)?.[1];
    if (key === undefined) return this.take(restOfEntry)?.[0] === '' ? undefined : 'is not key = value';
    const value = this.#takeQuoted() ?? this.#takePlain();
    return typeof value === 'string' ? value : [key, value.text];
  }

  #takeQuoted(): Value | string | undefined {
    const inQuotes = this.take(quoted);
    if (inQuotes === undefined) return undefined;
    const text = inQuotes[1] ?? inQuotes[2] ?? '';
    if (this.take(restOfEntry)?.[0].trim() !== '') return 'has text behind its closing quote';
    return { text: text.replaceAll(/\\?\\n/g, '\n') };
  }

  #takePlain(): Value | string {
    const isUnclosed = this.#isAt(openQuote);
    const text = (this.take(restOfEntry)?.[0] ?? '').trim();
    if (isUnclosed) return 'has a quote that is not closed';
    const [isNamed, kind, name = ''] = readByClients.exec(text) ?? [];
    if (isNamed !== undefined) return this.#takeNamed(kind === 'file' ? name.trim() : undefined);
    return { text: text.replaceAll('\\\\n', '\n') };
  }

  #takeNamed(path: string | undefined): Value | string {
    if (this.#readFile === undefined)
      return 'names a file or command: clients read those, send what it holds';
    if (path === undefined) return 'names a command, which is not run: write its output into a file';
    const text = this.#readFile(path);
    return text === undefined ? 'names a file that cannot be read' : { text };
  }

  #isAtLineEnd(): boolean {
    return this.isAtEnd || this.#isAt(lineBreak);
  }

  #isAt(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#text);
  }
}

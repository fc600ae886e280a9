export interface ManifestToken {
  readonly kind: 'name' | 'variable' | 'text' | 'sign';
  /** Of a text, what stands between its quotes, as it stands there; names without a leading `::`. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

export interface ScannedManifest {
  /** Without comments, numbers and regular expressions. */
  readonly tokens: readonly ManifestToken[];
  /** The first quote or bracket that does not close, with its line. */
  readonly problem?: string;
}

interface Opening {
  readonly sign: string;
  readonly line: number;
  /** Of the text that goes on behind the `}` of a `${`. */
  readonly textLine?: number;
}

const closings: ReadonlyMap<string, string> = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
]);
/** Behind these words a `/` begins a regular expression, behind any other value it divides. */
const notValues: ReadonlySet<string> = new Set(['if', 'elsif', 'unless', 'case', 'and', 'or', 'in', 'node']);

/**
 * Reads a manifest in Puppet's language as far as its quotes, comments, heredocs and brackets (Puppet language reference,
 * "Values and data types"). What is inside its brackets is Puppet's to judge.
 */
export function scanManifest(text: string): ScannedManifest {
  const scanner = new ManifestScanner(text);
  const problem = scanner.scan();
  return { tokens: scanner.tokens, ...(problem === undefined ? {} : { problem }) };
}

class ManifestScanner {
  readonly tokens: ManifestToken[] = [];
  readonly #text: string;
  readonly #open: Opening[] = [];
  /** Ends of heredocs whose text begins on the next line. */
  #heredocs: { readonly tag: string; readonly line: number }[] = [];
  #offset = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  /** The first problem. */
  scan(): string | undefined {
    while (this.#offset < this.#text.length) {
      const problem = this.#next();
      if (problem !== undefined) return problem;
    }
    const [heredoc] = this.#heredocs;
    if (heredoc) return endless(heredoc);
    const unclosed = this.#open.at(-1);
    return unclosed && `line ${unclosed.line}: the '${unclosed.sign}' is not closed.`;
  }

  #next(): string | undefined {
    const first = this.#text[this.#offset] ?? '';
    if (first === '\n') return this.#lineEnd();
    if (this.#skip(/[^\S\n]+|#[^\n]*/y)) return undefined;
    if (this.#text.startsWith('/*', this.#offset)) return this.#comment();
    if (first === "'") return this.#singleQuoted();
    if (first === '"') return this.#doubleQuoted(this.#line, 1);
    return this.#heredoc() || this.#regex() || this.#word() ? undefined : this.#sign(first);
  }

  /** Whether it was there; it is left behind. */
  #skip(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#text)?.[0];
    if (!found) return undefined;
    this.#advance(found.length);
    return found;
  }

  #advance(length: number): void {
    for (const character of this.#text.slice(this.#offset, this.#offset + length))
      if (character === '\n') this.#line++;
    this.#offset += length;
  }

  #lineEnd(): string | undefined {
    this.#advance(1);
    const heredocs = this.#heredocs;
    this.#heredocs = [];
    for (const heredoc of heredocs) {
      const end = new RegExp(
        `^[^\\S\\n]*(?:\\|[^\\S\\n]*)?(?:-[^\\S\\n]*)?${escape(heredoc.tag)}[^\\S\\n]*$`,
        'm',
      );
      const rest = this.#text.slice(this.#offset);
      const found = end.exec(rest);
      if (!found) return endless(heredoc);
      this.#advance(found.index + found[0].length);
    }
    return undefined;
  }

  #comment(): string | undefined {
    const end = this.#text.indexOf('*/', this.#offset + 2);
    if (end === -1) return `line ${this.#line}: the comment /* is not closed.`;
    this.#advance(end + 2 - this.#offset);
    return undefined;
  }

  #singleQuoted(): string | undefined {
    const line = this.#line;
    const found = this.#skip(/'(?:[^'\\]|\\[^])*'/y);
    if (found === undefined) return `line ${line}: the quote ' is not closed.`;
    this.tokens.push({ kind: 'text', text: found.slice(1, -1), line });
    return undefined;
  }

  /** From its quote, or from behind a `}` in it, up to its end or the next `${`. */
  #doubleQuoted(line: number, skipped: number): string | undefined {
    this.#advance(skipped);
    const piece = this.#skip(/(?:[^"\\$]|\\[^]|\$(?!\{))+/y) ?? '';
    if (this.#text.startsWith('${', this.#offset)) {
      this.#open.push({ sign: '${', line: this.#line, textLine: line });
      this.#advance(2);
      return undefined;
    }
    if (this.#text[this.#offset] !== '"') return `line ${line}: the quote " is not closed.`;
    this.#advance(1);
    this.tokens.push({ kind: 'text', text: piece, line });
    return undefined;
  }

  #heredoc(): boolean {
    const pattern =
      /@\([^\S\n]{0,9}(?:"([^"\n]{1,80})"|([^":/)\n]{1,80}?))[^\S\n]{0,9}(?::[^/)\n]{0,80})?(?:\/[^)\n]{0,80})?\)/y;
    pattern.lastIndex = this.#offset;
    const [whole, quoted, plain] = pattern.exec(this.#text) ?? [];
    if (whole === undefined) return false;
    this.#heredocs.push({ tag: (quoted ?? plain ?? '').trim(), line: this.#line });
    this.tokens.push({ kind: 'text', text: '', line: this.#line });
    this.#advance(whole.length);
    return true;
  }

  #regex(): boolean {
    return this.#isRegexPossible() && this.#skip(/\/(?:[^\\/\n]|\\.)+\//y) !== undefined;
  }

  #isRegexPossible(): boolean {
    const last = this.tokens.at(-1);
    if (last === undefined) return true;
    if (last.kind === 'sign') return ![')', ']', '}', '0'].includes(last.text);
    return last.kind === 'name' && notValues.has(last.text);
  }

  #word(): boolean {
    const line = this.#line;
    const variable = this.#skip(/\$(?:::)?\w+(?:::\w+)*/y);
    const name = variable ?? this.#skip(/(?:::)?[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*/y);
    if (name !== undefined) {
      const kind = variable === undefined ? 'name' : 'variable';
      this.tokens.push({ kind, text: name.replace(/^(\$?)::/, '$1'), line });
      return true;
    }
    if (this.#skip(/\d[\w.]*/y) === undefined) return false;
    // A number is a value, which a `/` divides; nothing else is asked of it.
    this.tokens.push({ kind: 'sign', text: '0', line });
    return true;
  }

  #sign(first: string): string | undefined {
    const line = this.#line;
    const opening = closings.get(first);
    if (opening !== undefined) {
      const last = this.#open.pop();
      if (last?.textLine !== undefined && first === '}') return this.#doubleQuoted(last.textLine, 1);
      if (last?.sign !== opening) return misplaced(first, line, last);
    } else if (['(', '[', '{'].includes(first)) {
      this.#open.push({ sign: first, line });
    }
    const text = this.#skip(/=>|\+>|->|~>|=~|!~|==|!=|<\||\|>|[^]/y) ?? first;
    this.tokens.push({ kind: 'sign', text, line });
    return undefined;
  }
}

function misplaced(sign: string, line: number, last: Opening | undefined): string {
  if (last === undefined) return `line ${line}: the '${sign}' closes nothing.`;
  return `line ${line}: the '${sign}' stands where the '${last.sign}' of line ${last.line} should close.`;
}

function endless({ tag, line }: { readonly tag: string; readonly line: number }): string {
  return `line ${line}: the text @(${tag}) has no line with ${tag} at its end.`;
}

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

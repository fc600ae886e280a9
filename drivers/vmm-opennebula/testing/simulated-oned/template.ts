/** A vector's values, by upper-case key. */
export type Vector = Readonly<Record<string, string>>;

export interface Entry {
  readonly name: string;
  readonly value: string | Vector;
}

/** In order; a name may be there several times. */
export type Template = readonly Entry[];

/** As OpenNebula's own parser says it. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** The value in quotes is the longest there is, as the scanner takes it: a backslash takes the quote after it along. */
const quoted = /"(?:[^"\\]|\\"|\\(?!"))*"/y;
const bare = /[^=#\s,[\]]+/y;
const key = /[A-Za-z0-9_]+/y;
const blanks = /[ \t]*/y;
const space = /(?:\s|#[^\n]*\n)*/y;

/**
 * Reads a template by the grammar of OpenNebula's `template_parser.l` and `template_syntax.y`, written from them and
 * not from our builder. Throws TemplateError.
 */
export function parseTemplate(source: string): Template {
  const reader = new Reader(source);
  const entries: Entry[] = [];
  for (reader.skip(space); !reader.isAtEnd(); reader.skip(space)) entries.push(entryOf(reader));
  return entries;
}

class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#source.length;
  }

  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  skip(pattern: RegExp): void {
    this.take(pattern);
  }

  next(character: string): boolean {
    if (this.#source[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  /** A line with `]]>` behind a `=` aborts the parser. */
  refuseCdata(): void {
    const line = this.#source.slice(this.#at).split('\n', 1)[0] ?? '';
    if (line.includes(']]>')) throw new TemplateError('syntax error');
  }

  fail(expecting: string): never {
    const line = this.#source.slice(0, this.#at).split('\n').length;
    throw new TemplateError(`syntax error, unexpected $end, expecting ${expecting} at line ${line}`);
  }
}

function entryOf(reader: Reader): Entry {
  const name = keyOf(reader).toUpperCase();
  reader.refuseCdata();
  if (!reader.next('[')) return { name, value: valueOf(reader) };
  const vector: Record<string, string> = {};
  reader.skip(space);
  while (!reader.next(']')) {
    const inner = keyOf(reader).toUpperCase();
    // Whoever is first stays: `map::insert`.
    const value = valueOf(reader);
    vector[inner] ??= value;
    reader.skip(space);
    if (reader.next(',')) reader.skip(space);
    else if (!reader.next(']')) reader.fail('COMMA or CBRACKET');
    else break;
  }
  return { name, value: vector };
}

function keyOf(reader: Reader): string {
  const name = reader.take(key) ?? reader.fail('VARIABLE');
  reader.skip(blanks);
  if (!reader.next('=')) reader.fail('EQUAL');
  reader.skip(blanks);
  return name;
}

function valueOf(reader: Reader): string {
  const inQuotes = reader.take(quoted);
  if (inQuotes !== undefined) return inQuotes.slice(1, -1).replaceAll(String.raw`\"`, '"');
  return reader.take(bare) ?? '';
}

export function textIn(template: Template, name: string): string | undefined {
  const found = template.find((entry) => entry.name === name)?.value;
  return typeof found === 'string' ? found : undefined;
}

export function vectorsIn(template: Template, name: string): readonly Vector[] {
  return template.flatMap((entry) =>
    entry.name === name && typeof entry.value !== 'string' ? [entry.value] : [],
  );
}

export function without(template: Template, names: readonly string[]): Template {
  return template.filter(({ name }) => !names.includes(name));
}

/** What is said more takes the place of all of the same name. */
export function merged(template: Template, more: Template): Template {
  return [
    ...without(
      template,
      more.map(({ name }) => name),
    ),
    ...more,
  ];
}

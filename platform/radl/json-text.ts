import type { Problem } from './diagnostics.ts';
import type { Span } from './model.ts';

interface Placed {
  readonly span: Span;
}

export interface JsonMember {
  readonly key: string;
  readonly value: JsonNode;
  /** From the key to the end of the value. */
  readonly span: Span;
}

export type JsonNode = Placed &
  (
    | { readonly kind: 'object'; readonly members: readonly JsonMember[] }
    | { readonly kind: 'list'; readonly items: readonly JsonNode[] }
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'word'; readonly word: 'true' | 'false' | 'null' }
  );

export type JsonReading =
  | { readonly kind: 'read'; readonly node: JsonNode }
  | { readonly kind: 'broken'; readonly problem: Problem };

const blank = /[ \t\r\n]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /true|false|null/y;
/** No document nests deeper; the rest guards the stack. */
const deepest = 64;

/** JSON with the place of every value, which `JSON.parse` does not tell. */
export function readJson(text: string): JsonReading {
  try {
    return { kind: 'read', node: new JsonScanner(text).run() };
  } catch (error) {
    if (error instanceof BrokenJson) return { kind: 'broken', problem: error.problem };
    throw error;
  }
}

/** Ends the scan where it stands; never leaves this file. */
class BrokenJson extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

class JsonScanner {
  readonly #text: string;
  #offset: number;
  #line = 1;
  #lineStart = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#offset = text.startsWith('\uFEFF') ? 1 : 0;
  }

  run(): JsonNode {
    const node = this.#value();
    this.#blanks();
    return this.#offset < this.#text.length ? this.#fail('the document ends before this') : node;
  }

  #value(): JsonNode {
    this.#blanks();
    const first = this.#text.charAt(this.#offset);
    if (first === '{') return this.#nested(() => this.#object());
    if (first === '[') return this.#nested(() => this.#list());
    const start = this.#here();
    if (first === '"') return { kind: 'text', text: this.#string(), span: this.#since(start) };
    const digits = this.#take(number);
    if (digits !== '') return { kind: 'number', value: Number(digits), span: this.#since(start) };
    const found = this.#take(word);
    if (found === '') return this.#fail('a JSON value is expected here');
    return { kind: 'word', word: found as 'true' | 'false' | 'null', span: this.#since(start) };
  }

  #nested(read: () => JsonNode): JsonNode {
    if (this.#depth === deepest) this.#fail(`JSON nested more than ${deepest} deep is not read`, 'RADL105');
    this.#depth++;
    const node = read();
    this.#depth--;
    return node;
  }

  #object(): JsonNode {
    const members: JsonMember[] = [];
    const start = this.#here();
    this.#each('}', () => {
      const from = this.#here();
      if (this.#text[this.#offset] !== '"') this.#fail('a key in double quotes is expected here');
      const key = this.#string();
      this.#expect(':');
      const value = this.#value();
      members.push({ key, value, span: this.#since(from) });
    });
    return { kind: 'object', members, span: this.#since(start) };
  }

  #list(): JsonNode {
    const items: JsonNode[] = [];
    const start = this.#here();
    this.#each(']', () => items.push(this.#value()));
    return { kind: 'list', items, span: this.#since(start) };
  }

  /** What stands between brackets, with commas between. */
  #each(closing: string, read: () => void): void {
    this.#offset++;
    this.#blanks();
    if (this.#text[this.#offset] !== closing) {
      for (;;) {
        read();
        this.#blanks();
        if (this.#text[this.#offset] !== ',') break;
        this.#offset++;
        this.#blanks();
      }
    }
    this.#expect(closing);
  }

  #expect(mark: string): void {
    this.#blanks();
    if (this.#text[this.#offset] !== mark) this.#fail(`\`${mark}\` is expected here`);
    this.#offset++;
  }

  #string(): string {
    let end = this.#offset + 1;
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1;
    try {
      const value = JSON.parse(this.#text.slice(this.#offset, end + 1)) as string;
      this.#offset = end + 1;
      return value;
    } catch {
      return this.#fail('this text is not closed, or holds what JSON texts cannot');
    }
  }

  #blanks(): void {
    const start = this.#offset;
    this.#take(blank);
    const newline = this.#text.slice(start, this.#offset).lastIndexOf('\n');
    if (newline < 0) return;
    this.#line += this.#text.slice(start, this.#offset).split('\n').length - 1;
    this.#lineStart = start + newline + 1;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#offset;
    const image = pattern.exec(this.#text)?.[0] ?? '';
    this.#offset += image.length;
    return image;
  }

  #here(): Span {
    const start = this.#offset;
    return { start, end: start, line: this.#line, column: start - this.#lineStart + 1 };
  }

  #since(start: Span): Span {
    return { ...start, end: this.#offset };
  }

  #fail(message: string, code: Problem['code'] = 'RADL210'): never {
    throw new BrokenJson({ code, span: this.#here(), message });
  }
}

import type { DiagnosticList, Problem } from './diagnostics.ts';
import type { JsonMember, JsonNode } from './json-text.ts';
import type { Span } from './model.ts';
import { Suggestions } from './nearest.ts';
import { keywords } from './tokens.ts';

export type JsonSection = Extract<JsonNode, { readonly kind: 'object' }>;
export type Members = ReadonlyMap<string, JsonMember>;

const name = /^[A-Za-z_.][\p{L}\p{N}_.-]*$/u;

/** What reading any part of JSON RADL needs: values of the right kind, or a problem in their place. */
export class JsonReader {
  readonly #found: DiagnosticList;
  readonly #suggestions = new Suggestions();

  constructor(found: DiagnosticList) {
    this.#found = found;
  }

  report(problem: Problem): void {
    this.#found.add(problem);
  }

  refuse(span: Span, message: string, hint?: string): undefined {
    this.report({ code: 'RADL210', span, message, hint });
    return undefined;
  }

  nearest(written: string, candidates: Iterable<string>): string | undefined {
    const best = this.#suggestions.nearest(written, candidates);
    return best === undefined ? undefined : `write "${best}"`;
  }

  /** Members by key; of a key twice the last counts, as in JSON at large. */
  membersOf(section: JsonSection): Members {
    const members = new Map<string, JsonMember>();
    for (const member of section.members) {
      if (members.has(member.key)) {
        const message = `"${member.key}" is here twice; the last one counts`;
        this.report({ code: 'RADL309', severity: 'warning', span: member.span, message });
      }
      members.set(member.key, member);
    }
    return members;
  }

  object(node: JsonNode, what: string): JsonSection | undefined {
    return node.kind === 'object' ? node : this.refuse(node.span, `${what} is an object`);
  }

  list(node: JsonNode | undefined, what: string): readonly JsonNode[] {
    if (node === undefined) return [];
    if (node.kind === 'list') return node.items;
    this.refuse(node.span, `${what} is a list`);
    return [];
  }

  /** A text that RADL can write. */
  text(node: JsonNode | undefined, what: string): string | undefined {
    if (node === undefined) return undefined;
    if (node.kind !== 'text') return this.refuse(node.span, `${what} is a text`);
    if (node.text.replace(/\\[^']/g, '').includes('\\')) {
      const message = 'RADL has no way to write a backslash before a quote or at the end of a text';
      this.report({ code: 'RADL106', severity: 'warning', span: node.span, message });
    }
    return node.text;
  }

  /** A number without sign. */
  number(node: JsonNode | undefined, what: string): number | undefined {
    if (node === undefined) return undefined;
    if (node.kind !== 'number') return this.refuse(node.span, `${what} is a number`);
    if (node.value >= 0 && Number.isFinite(node.value)) return node.value + 0;
    const message = node.value < 0 ? 'numbers have no sign' : 'this number is too large';
    this.report({ code: 'RADL104', span: node.span, message });
    return undefined;
  }

  isTrue(node: JsonNode | undefined, what: string): boolean {
    if (node === undefined) return false;
    if (node.kind === 'word' && node.word !== 'null') return node.word === 'true';
    this.refuse(node.span, `${what} is true or false`);
    return false;
  }

  /** An id or a key as RADL writes it. */
  name(node: JsonNode | undefined, what: string): string | undefined {
    const written = this.text(node, what);
    if (written === undefined || node === undefined) return undefined;
    return this.isName(written, node.span) ? written : undefined;
  }

  isName(written: string, span: Span, canBeReserved = false): boolean {
    if (name.test(written) && (canBeReserved || !keywords.has(written))) return true;
    const shown = written.length > 40 ? `${written.slice(0, 40)}...` : written;
    const message = keywords.has(written)
      ? `"${shown}" is a word of RADL, not a name`
      : `"${shown}" is no name: a letter, then letters, digits, ., - and _`;
    this.report({ code: 'RADL205', span, message });
    return false;
  }
}

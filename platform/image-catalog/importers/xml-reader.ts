import { PlatformError } from '@trencadis/errors';

/** Names are local ones: `ovf:Disk` is `Disk`. Text is that of the element itself, trimmed. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
  readonly line: number;
}

type OpenElement = { -readonly [Key in keyof XmlElement]: XmlElement[Key] } & { children: XmlElement[] };

const maxDepth = 64;
const startTag = /<([A-Za-z_][\w.:-]*)((?:\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const endTag = /<\/([A-Za-z_][\w.:-]*)\s*>/y;
const attribute = /([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const skipped: readonly (readonly [string, string])[] = [
  ['<!--', '-->'],
  ['<?', '?>'],
];
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * A small XML document, whole in memory, in linear time: elements, attributes, text. A document type is refused, and
 * with it every entity but XML's own five. Throws `invalid-argument` with file, line and column.
 */
export function readXml(text: string, file: string): XmlElement {
  return new XmlReader(text, file).read();
}

class XmlReader {
  readonly #text: string;
  readonly #file: string;
  readonly #open: OpenElement[] = [];
  #root: XmlElement | undefined;
  #offset = 0;
  #line = 1;
  #lineStart = 0;

  constructor(text: string, file: string) {
    this.#text = text.replace(/^\uFEFF/, '');
    this.#file = file;
  }

  read(): XmlElement {
    while (this.#offset < this.#text.length) {
      if (this.#text[this.#offset] === '<') this.#markup();
      else this.#characters();
    }
    const last = this.#open.at(-1);
    if (last !== undefined) throw this.#problem(`<${last.name}> of line ${last.line} is not closed`);
    if (this.#root === undefined) throw this.#problem('there is no element');
    return this.#root;
  }

  #markup(): void {
    for (const [begin, end] of skipped) {
      if (this.#text.startsWith(begin, this.#offset)) return void this.#until(begin, end);
    }
    if (this.#text.startsWith('<![CDATA[', this.#offset))
      return this.#addText(this.#until('<![CDATA[', ']]>'));
    if (this.#text.startsWith('<!', this.#offset)) {
      throw this.#problem('a document type is not read, nor the entities that it may define');
    }
    const end = this.#match(endTag);
    if (end !== undefined) return this.#close(end);
    const start = this.#match(startTag);
    if (start === undefined) throw this.#problem('this is no tag');
    this.#start(start);
  }

  #start([image, name = '', attributes = '', slash]: RegExpExecArray): void {
    if (this.#open.length === 0 && this.#root !== undefined) throw this.#problem('a second root element');
    if (this.#open.length >= maxDepth) throw this.#problem(`elements are nested more than ${maxDepth} deep`);
    const element: OpenElement = {
      name: localName(name),
      attributes: this.#attributes(attributes),
      children: [],
      text: '',
      line: this.#line,
    };
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
    if (slash !== '/') this.#open.push(element);
    this.#moveTo(this.#offset + image.length);
  }

  #attributes(source: string): Readonly<Record<string, string>> {
    const found = [...source.matchAll(attribute)].filter(([, name]) => !/^xmlns(?::|$)/.test(name ?? ''));
    return Object.fromEntries(
      found.map(([, name = '', double, single]) => [localName(name), this.#decoded(double ?? single ?? '')]),
    );
  }

  #close([image, name = '']: RegExpExecArray): void {
    const element = this.#open.pop();
    if (element?.name !== localName(name)) throw this.#problem(`</${name}> closes nothing that is open here`);
    element.text = element.text.trim();
    this.#moveTo(this.#offset + image.length);
  }

  #characters(): void {
    const next = this.#text.indexOf('<', this.#offset);
    const end = next < 0 ? this.#text.length : next;
    const raw = this.#text.slice(this.#offset, end);
    if (raw.trim() !== '') this.#addText(this.#decoded(raw));
    this.#moveTo(end);
  }

  #addText(text: string): void {
    const element = this.#open.at(-1);
    if (element === undefined) throw this.#problem('text outside of the root element');
    element.text += text;
  }

  /** What is between the two marks; goes behind the second. */
  #until(begin: string, end: string): string {
    const from = this.#offset + begin.length;
    const at = this.#text.indexOf(end, from);
    if (at < 0) throw this.#problem(`${begin} without ${end}`);
    this.#moveTo(at + end.length);
    return this.#text.slice(from, at);
  }

  #decoded(raw: string): string {
    return raw.replaceAll(/&([^;&]{0,10});?/g, (whole, name: string) => {
      const known = Object.hasOwn(entities, name) ? entities[name] : characterOf(name);
      if (known === undefined || !whole.endsWith(';'))
        throw this.#problem(`the entity ${whole} is not known`);
      return known;
    });
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#offset;
    return pattern.exec(this.#text) ?? undefined;
  }

  #moveTo(end: number): void {
    for (
      let at = this.#text.indexOf('\n', this.#offset);
      at >= 0 && at < end;
      at = this.#text.indexOf('\n', at + 1)
    ) {
      this.#line++;
      this.#lineStart = at + 1;
    }
    this.#offset = end;
  }

  #problem(problem: string): PlatformError {
    const place = `${this.#file}:${this.#line}:${this.#offset - this.#lineStart + 1}`;
    return new PlatformError('invalid-argument', `${place} is not XML that is read here: ${problem}.`, {
      subject: this.#file,
    });
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** `#233`, `#xE9`. */
function characterOf(name: string): string | undefined {
  const [, hex, decimal] = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name) ?? [];
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

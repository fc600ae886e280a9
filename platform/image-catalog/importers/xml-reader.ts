import { PlatformError } from '@trencadis/errors';
import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** Names are local ones: `ovf:Disk` is `Disk`. Text is that of the element itself, trimmed. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
  /** `/Envelope/DiskSection/Disk[2]`; the first of its name has no number. */
  readonly path: string;
}

/** What `preserveOrder` gives: text, CDATA, or an element, whose children are under its name. */
interface ParsedNode {
  readonly '#text'?: string;
  readonly '#cdata'?: readonly [{ readonly '#text': string }];
  readonly ':@'?: Readonly<Record<string, string>>;
  readonly [name: string]: unknown;
}

const maxCharacters = 2 ** 20;
const maxDepth = 64;
const maxBlanks = 1000;

const parser = new XMLParser({
  preserveOrder: true,
  removeNSPrefix: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  cdataPropName: '#cdata',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // It would keep `&#233;` and unknown entities as they are written: `decode` reads the former and refuses the latter.
  processEntities: false,
  // It counts the open elements above.
  maxNestedTags: maxDepth - 1,
});

/**
 * An XML document of at most 2^20 characters, nested at most 64 deep. A document type is refused, and with it every
 * entity but XML's own five. Throws `invalid-argument` with the line and column, or the path of the element.
 */
export function readXml(text: string, file: string): XmlElement {
  const source = text.replace(/^\uFEFF/, '');
  if (source.length > maxCharacters) throw notXml(file, '', `it has more than ${maxCharacters} characters`);
  const plain = withoutDeclarations(source, file);
  refuseMalformed(source, file);
  const [root, second] = elementsOf(parse(plain, file), '', file);
  if (root === undefined || second !== undefined) throw notXml(file, '', 'it needs one root element');
  return root;
}

const notable = /<!--[^]*?(?:-->|$)|<!\[CDATA\[[^]*?(?:\]\]>|$)|<\?[^]*?(?:\?>|$)|<!|\s+/g;
const aside = /^<(?:!--[^]*--|\?[^]*\?)>$/;

/** Empties comments and instructions too: the parser looks for quotes in the latter. */
function withoutDeclarations(source: string, file: string): string {
  return source.replaceAll(notable, (found: string, index: number) => {
    const problem = problemOf(found);
    if (problem === undefined) return aside.test(found) ? '<!---->' : found;
    const lines = source.slice(0, index).split('\n');
    throw notXml(file, `:${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`, problem);
  });
}

/**
 * The parser reads document types, and takes other declarations for elements. The validator is quadratic in the
 * blanks of a tag (`<a    =`), which are therefore bounded, and with them those of text.
 */
function problemOf(found: string): string | undefined {
  if (found === '<!') return 'a document type is not read, nor the entities that it may define';
  if (found.startsWith('<') || found.length <= maxBlanks) return undefined;
  return `more than ${maxBlanks} blanks follow one another`;
}

function refuseMalformed(source: string, file: string): void {
  const verdict = XMLValidator.validate(source);
  if (verdict === true) return;
  // Of a text without any element it gives no column.
  const { line, col, msg } = verdict.err;
  throw notXml(file, `:${[line, col].filter(Number.isFinite).join(':')}`, msg);
}

function parse(source: string, file: string): readonly ParsedNode[] {
  try {
    return parser.parse(source) as readonly ParsedNode[];
  } catch (error) {
    throw notXml(file, '', error instanceof Error ? error.message : String(error), error);
  }
}

function elementsOf(nodes: readonly ParsedNode[], parent: string, file: string): readonly XmlElement[] {
  const counts = new Map<string, number>();
  return nodes.flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ':@') ?? '';
    if (name.startsWith('#')) return [];
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    const path = `${parent}/${name}${count === 1 ? '' : `[${count}]`}`;
    return [elementOf(node, name, path, file)];
  });
}

function elementOf(node: ParsedNode, name: string, path: string, file: string): XmlElement {
  const inner = node[name] as readonly ParsedNode[];
  const decoded = (raw: string): string => decode(raw, path, file);
  const attributes = Object.entries(node[':@'] ?? {}).map(([key, raw]) => [key, decoded(raw)] as const);
  const text = inner.map((each) => each['#cdata']?.[0]['#text'] ?? decoded(each['#text'] ?? '')).join('');
  return {
    name,
    attributes: Object.fromEntries(attributes),
    children: elementsOf(inner, path, file),
    text: text.trim(),
    path,
  };
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decode(raw: string, path: string, file: string): string {
  if (raw.includes('<')) throw notXml(file, `, at ${path},`, 'a < in an attribute has to be &lt;');
  return raw.replaceAll(/&([^;&]{0,10});?/g, (reference, name: string) => {
    const known = Object.hasOwn(entities, name) ? entities[name] : characterOf(name);
    if (known !== undefined && reference.endsWith(';')) return known;
    throw notXml(file, `, at ${path},`, `the entity ${reference} is not known`);
  });
}

/** `#233`, `#xE9`. */
function characterOf(name: string): string | undefined {
  const [, hex, decimal] = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name) ?? [];
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

function notXml(file: string, place: string, problem: string, cause?: unknown): PlatformError {
  // The validator names every element that is open.
  const short = problem.length > 200 ? `${problem.slice(0, 200)}...` : problem;
  const message = `${file}${place} is not XML that is read here: ${short.replace(/\.$/, '')}.`;
  return new PlatformError('invalid-argument', message, { subject: file, cause });
}

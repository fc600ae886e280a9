import { XMLParser, XMLValidator } from 'fast-xml-parser';

export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Of the element itself, entities decoded, CDATA as it is; not trimmed. */
  readonly text: string;
}

/** Text that is no XML as OpenNebula writes it. The message names the problem, never the text. */
export class NotXml extends Error {
  override readonly name = 'NotXml';
}

/** What `preserveOrder` gives: text, CDATA, or an element, whose children are under its name. */
interface ParsedNode {
  readonly '#text'?: string;
  readonly '#cdata'?: readonly [{ readonly '#text': string }?];
  readonly [name: string]: unknown;
}

/** A thousand VMs with their user data are some 10 MiB. */
export const maxXmlCharacters = 64 * 2 ** 20;
const maxDepth = 32;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  cdataPropName: '#cdata',
  parseTagValue: false,
  trimValues: false,
  // It would keep unknown entities as they are written: `decode` refuses them.
  processEntities: false,
  maxNestedTags: maxDepth,
});

/** One document. A document type is refused, and with it every entity but XML's own five. */
export function parseXml(source: string): XmlElement {
  if (source.length > maxXmlCharacters) {
    throw new NotXml(`it has more than ${maxXmlCharacters} characters`);
  }
  const declarations = source.replaceAll(/<!\[CDATA\[[^]*?\]\]>|<!--[^]*?-->/g, '');
  if (declarations.includes('<!')) throw new NotXml('it declares a document type, which is not read');
  const verdict = XMLValidator.validate(source);
  if (verdict !== true) throw new NotXml(`line ${verdict.err.line}: ${verdict.err.code}`);
  const [root, second] = elementsOf(parsed(source));
  if (root === undefined || second !== undefined) throw new NotXml('it needs one root element');
  return root;
}

function parsed(source: string): readonly ParsedNode[] {
  try {
    return parser.parse(source) as readonly ParsedNode[];
  } catch (error) {
    throw new NotXml('the parser refuses it', { cause: error });
  }
}

function elementsOf(nodes: readonly ParsedNode[]): readonly XmlElement[] {
  return nodes.flatMap((node) => {
    const [name = '#'] = Object.keys(node);
    return name.startsWith('#') ? [] : [elementOf(name, node[name] as readonly ParsedNode[])];
  });
}

function elementOf(name: string, inner: readonly ParsedNode[]): XmlElement {
  const text = inner.map((each) => each['#cdata']?.[0]?.['#text'] ?? decode(each['#text'] ?? '')).join('');
  return { name, children: elementsOf(inner), text };
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decode(raw: string): string {
  if (!raw.includes('&')) return raw;
  return raw.replaceAll(/&([^;&]{0,10});?/g, (reference, name: string) => {
    const known = Object.hasOwn(entities, name) ? entities[name] : characterOf(name);
    if (known !== undefined && reference.endsWith(';')) return known;
    throw new NotXml('it has an entity that is not known');
  });
}

/** `#233`, `#xE9`. */
function characterOf(name: string): string | undefined {
  const [, hex, decimal] = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name) ?? [];
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };

/** As text of an element. */
export function escapeXml(text: string): string {
  return text.replaceAll(/[&<>\r]/g, (character) => escapes[character] ?? '');
}

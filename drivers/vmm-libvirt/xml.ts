import { PlatformError } from '@trencadis/errors';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Text of an element or an attribute, as XML wants it. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll("'", '&apos;')
    .replaceAll('"', '&quot;');
}

/** One element; `content` is XML already (from this function or {@link escaped}). Attributes that are `undefined` are left out. */
export function element(
  name: string,
  attributes: Attributes = {},
  content: string | readonly string[] = '',
): string {
  const words = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}='${escaped(String(value))}'`);
  const inner = typeof content === 'string' ? content : content.join('');
  return inner === '' ? `<${name}${words.join('')}/>` : `<${name}${words.join('')}>${inner}</${name}>`;
}

/** What may come several times, wherever it stands. */
const repeated = new Set(['disk', 'interface', 'host', 'txt', 'ip', 'volume']);

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  isArray: (name) => repeated.has(name),
  htmlEntities: false,
});

/** Text of an element, with or without attributes beside it. */
export const xmlText = z.union([
  z.string(),
  z.object({ '#text': z.string() }).transform((each) => each['#text']),
]);

/** A document of libvirt as the schema reads it: attributes begin with `@`, an element's own text beside them is `#text`. */
export function parseXml<Schema extends z.ZodType>(text: string, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(parser.parse(text));
  if (parsed.success) return parsed.data;
  throw new PlatformError('internal', 'libvirt answered a document that cannot be read.', {
    details: { problem: parsed.error.message, document: text.slice(0, 2000) },
  });
}

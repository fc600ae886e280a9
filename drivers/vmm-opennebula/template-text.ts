import { PlatformError } from '@trencadis/errors';

export type AttributeValue = string | number;
/** `NIC=[NETWORK_ID="3",IP="10.0.0.4"]`. */
export type Vector = Readonly<Record<string, AttributeValue | undefined>>;
/** By name; a list is written once for each of its members, what is `undefined` not at all. */
export type Attributes = Readonly<Record<string, AttributeValue | Vector | readonly Vector[] | undefined>>;

/**
 * A template in OpenNebula's own syntax, `KEY="value"` a line. Between the quotes all characters stand for themselves but
 * `"`, which is written `\"`: there is no escape for the backslash. So a value that ends in one would take the closing
 * quote with it, and is refused; so is `]]>`, on which the template's parser gives up, and what XML cannot carry.
 * Throws `invalid-argument`.
 */
export function templateText(attributes: Attributes): string {
  const lines = Object.entries(attributes).flatMap(([name, value]) => {
    checkName(name);
    if (value === undefined) return [];
    if (typeof value !== 'object') return [`${name}=${quoted(name, value)}`];
    const vectors: readonly Vector[] = isList(value) ? value : [value];
    return vectors.map((vector) => `${name}=[${vectorText(name, vector)}]`);
  });
  return `${lines.join('\n')}\n`;
}

const isList = (value: Vector | readonly Vector[]): value is readonly Vector[] => Array.isArray(value);

function vectorText(name: string, vector: Vector): string {
  return Object.entries(vector)
    .flatMap(([key, value]) => {
      checkName(key);
      return value === undefined ? [] : [`${key}=${quoted(`${name}/${key}`, value)}`];
    })
    .join(',');
}

/** The keys of vectors, and what is looked up, are upper-case in OpenNebula. */
const namePattern = /^[A-Z0-9_]+$/;

function checkName(name: string): void {
  if (!namePattern.test(name)) {
    throw new PlatformError('internal', `'${name}' is no name of an attribute of OpenNebula.`);
  }
}

// eslint-disable-next-line no-control-regex -- they are what is looked for
const notInXml = /[\u0000-\u0008\u000B\u000C\u000D\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/u;

function quoted(name: string, value: AttributeValue): string {
  const text = String(value);
  const problem = problemOf(text);
  if (problem !== undefined) {
    throw new PlatformError('invalid-argument', `OpenNebula cannot keep ${name}: its value ${problem}.`, {
      subject: name,
    });
  }
  return `"${text.replaceAll('"', '\\"')}"`;
}

function problemOf(text: string): string | undefined {
  if (text.endsWith('\\')) return 'ends in a backslash';
  if (text.includes(']]>')) return 'has ]]> in it';
  return notInXml.test(text) ? 'has characters that XML has not' : undefined;
}

import type { Operator, Requirement } from '../model.ts';
import { applicationsKey, ignoredKeys, vmrcKeys } from './attribute-keys.ts';

/** One line as VMRC 2.1.2 reads it. */
export type StrictLine =
  | { readonly kind: 'error'; readonly message: string; readonly hint?: string }
  | { readonly kind: 'ignored'; readonly warning: string }
  | { readonly kind: 'simple'; readonly key: string; readonly requirement: Requirement }
  | StrictApplication;

export interface StrictApplication {
  readonly kind: 'application';
  /** Of a soft one. */
  readonly weight?: number;
  readonly requirement: Requirement;
  readonly warning?: string;
}

export function readStrictLine(line: string): StrictLine {
  return line.includes(applicationsKey) ? readApplication(line) : readSimple(line);
}

/** VMRC repeats the line; we do so without the password that may be in it. */
function unparsed(line: string, hint?: string): StrictLine {
  const message = `Unable to parse expression: ${line.replace(/(\.password).*/, '$1 ...')}`;
  return { kind: 'error', message, ...(hint === undefined ? {} : { hint }) };
}

/** `KEY OP VALUE` with exactly one operator in the line; hard only. */
function readSimple(line: string): StrictLine {
  const found = /^([^<>=]*)(<=|>=|<|>|=)([^<>=]*)$/.exec(line);
  const [key, operator, value] = (found ?? []).slice(1).map((part) => part.replaceAll("'", ' ').trim());
  if (!key || !value || /^#|^soft |!\n|&&|\|\|/.test(`${key}\n${value}`)) return unparsed(line);
  const warning = ignoredKeys.get(key);
  if (warning !== undefined) return { kind: 'ignored', warning };
  const attribute = vmrcKeys.get(key);
  if (attribute === undefined) return { kind: 'error', message: `Unknown attribute ${key}` };
  const withUnit = attribute === 'disk.size' && /^\d+$/.test(value) ? `${value}MB` : value;
  const asked = { key: attribute, operator: operator as Operator, value: withUnit } as const;
  return { kind: 'simple', key, requirement: { kind: 'attribute', ...asked } };
}

/** Split at single spaces; every word has its place. */
function readApplication(line: string): StrictLine {
  const words = line.split(' ');
  if (words[0] !== 'soft') return readApplicationWords(line, words);
  const digits = words[1] ?? '';
  const weight = readJavaInt(digits);
  if (weight === undefined) {
    return { kind: 'error', message: `For input string: "${digits}"`, hint: 'a weight is a whole number' };
  }
  const read = readApplicationWords(line, words.slice(2));
  if (read.kind !== 'application') return read;
  if (weight >= 0) return { ...read, weight };
  return { warning: 'VMRC takes a negative weight as a hard requirement', ...read };
}

function readJavaInt(digits: string): number | undefined {
  const value = Number(digits);
  return /^[-+]?\d{1,10}$/.test(digits) && value >= -(2 ** 31) && value < 2 ** 31 ? value : undefined;
}

interface Places {
  readonly name: string;
  readonly operator: string;
  readonly version: string;
  /** The words between are those that VMRC expects, which it does not look at. */
  readonly isInPlace: boolean;
}

function readApplicationWords(line: string, words: readonly string[]): StrictLine {
  const [name = '', operator = '', version] = [4, 6, 7].map((place) => stripped(words[place]));
  const endsAtName = words.length === 5 || words[5] === ')';
  const isWhole = name !== '' && (endsAtName || version !== undefined);
  if (!isWhole || !words.join(' ').startsWith(`${applicationsKey} contains (`)) {
    return unparsed(line, `write ${applicationsKey} contains (name = N, version >= V)`);
  }
  if (endsAtName || version === undefined) {
    return { kind: 'application', requirement: { kind: 'application', name } };
  }
  return withVersion({ name, operator, version, isInPlace: hasWordsInPlace(words) });
}

function hasWordsInPlace(words: readonly string[]): boolean {
  return words[2] === '(name' && words[5] === 'version';
}

/** `,`, parentheses and quotes become blanks, wherever they are. */
function stripped(word: string | undefined): string | undefined {
  return word?.replaceAll(/[,()']/g, ' ').trim();
}

/** The path is not asked for: VMRC never compares it. */
function withVersion({ name, operator, version, isInPlace }: Places): StrictApplication {
  const asRead =
    'VMRC knows words by their place alone, and reads here: ' +
    `name '${name}', operator '${operator}', version '${version}'`;
  if (!/^(?:<=|>=|<|>|=)$/.test(operator)) {
    const warning = `${asRead}; nothing matches that`;
    return { kind: 'application', requirement: { kind: 'any', of: [] }, warning };
  }
  const asked = { kind: 'application', name, operator: operator as Operator, version } as const;
  return { kind: 'application', requirement: asked, ...(isInPlace ? {} : { warning: asRead }) };
}

import { PlatformError } from '@trencadis/errors';
import { z } from 'zod';
import { scanAuthLines } from './scan-auth-lines.ts';

/** What a line of the Infrastructure Manager's credentials is for. */
export const authTypes = [
  'InfrastructureManager',
  'VMRC',
  'OpenNebula',
  'LibVirt',
  'OpenStack',
  'EC2',
  'GCE',
  'Azure',
  'CloudStack',
  'Kubernetes',
  'KubeVirt',
  'Docker',
  'vSphere',
  'Linode',
  'Orange',
  'EGI',
  'EGIIS',
  'OSCAR',
  'Lambda',
  'LibCloud',
  'Vault',
  'DeployedNode',
  'Dummy',
] as const;
export type AuthType = (typeof authTypes)[number];

type AuthKey =
  | 'host'
  | 'username'
  | 'password'
  | 'token'
  | 'tenant'
  | 'project'
  | 'domain'
  | 'proxy'
  | 'public_key'
  | 'private_key'
  | 'subscription_id'
  | 'client_id'
  | 'secret'
  | 'vo'
  | 'auth_version'
  | 'api_version'
  | 'service_name'
  | 'region'
  | 'namespace'
  | 'role'
  | 'path'
  | 'mount_point';

/** One credential. Their order says which VM manager is preferred where two are equal. */
export interface AuthLine {
  readonly type: AuthType;
  /** What `deploy X N ID` says. */
  readonly id?: string;
  /** Secrets among them. Keys in lower case. */
  readonly values: Readonly<Partial<Record<AuthKey, string>>> & Readonly<Record<string, string>>;
}

/** A line as it is written, by its number from 1. */
export interface RawAuthLine {
  readonly number: number;
  readonly entries: readonly (readonly [key: string, value: string])[];
}

export interface RawAuthLines {
  readonly lines: readonly RawAuthLine[];
  readonly problems: readonly string[];
}

/**
 * The credentials of an `Authorization` header of the Infrastructure Manager's API (spec im-api, "Auth file"): lines
 * `key = value ; key = value`, between them the two characters `\n` or a line break, or a JSON list of objects. In a
 * quoted value `\n` is a line break, `\\n` is one in any value. `file(path)` is read where there is `readFile`. Throws one `invalid-argument` with all problems, by
 * line number; none repeats what was given.
 */
export function parseAuthLines(
  text: string,
  readFile?: (path: string) => string | undefined,
): readonly AuthLine[] {
  const raw = text.trimStart().startsWith('[') ? readJsonLines(text) : scanAuthLines(text, readFile);
  const read = raw.lines.map(readLine);
  const problems = [...raw.problems, ...read.flatMap((each) => each.problems), ...sameIds(read)];
  if (problems.length > 0) {
    const message = `The credentials cannot be read: ${problems.join('; ')}.`;
    throw new PlatformError('invalid-argument', message, { subject: 'Authorization' });
  }
  return read.flatMap(({ line }) => line ?? []);
}

const jsonLinesSchema = z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])));

function readJsonLines(text: string): RawAuthLines {
  const parsed = jsonLinesSchema.safeParse(jsonOf(text));
  // What JSON.parse and zod say may quote the text.
  if (!parsed.success) return { lines: [], problems: ['it is not a JSON list of objects with plain values'] };
  const lines = parsed.data.map((values, index) => ({
    number: index + 1,
    entries: Object.entries(values).map(([key, value]) => [key, String(value)] as const),
  }));
  return { lines, problems: [] };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface ReadLine {
  readonly number: number;
  readonly line?: AuthLine;
  readonly problems: readonly string[];
}

const authType = z.enum(authTypes);
const keyPattern = /^[a-z]\w*$/;

function readLine({ number, entries }: RawAuthLine): ReadLine {
  const all = entries.map(([key, value]) => [key.toLowerCase(), value] as const);
  const { type, id, ...values } = Object.fromEntries(all);
  const known = authType.safeParse(type);
  const found: readonly (readonly [isWrong: boolean, text: string])[] = [
    [!known.success, `its type is not one of ${authTypes.join(', ')}`],
    [id !== undefined && !/^[a-z]/i.test(id), 'its id does not begin with a letter'],
    [new Set(all.map(([key]) => key)).size < all.length, 'a key is there twice'],
    [all.some(([key]) => !keyPattern.test(key)), 'a key is not made of letters, digits and _'],
    [
      known.data === 'InfrastructureManager' && !provesUser(values),
      'it needs username and password, or token',
    ],
  ];
  const problems = found.flatMap(([isWrong, text]) => (isWrong ? [`line ${number}: ${text}`] : []));
  if (!known.success || problems.length > 0) return { number, problems };
  return { number, problems, line: { type: known.data, values, ...(id === undefined ? {} : { id }) } };
}

function provesUser({ username, password, token }: Readonly<Record<string, string>>): boolean {
  return token !== undefined || (username !== undefined && password !== undefined);
}

function sameIds(read: readonly ReadLine[]): readonly string[] {
  const firstOf = new Map<string, number>();
  return read.flatMap(({ number, line }) => {
    if (line?.id === undefined) return [];
    const first = firstOf.get(line.id);
    if (first !== undefined) return [`lines ${first} and ${number} have the same id`];
    firstOf.set(line.id, number);
    return [];
  });
}

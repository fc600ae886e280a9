import { readFile } from 'node:fs/promises';
import { PlatformError } from '@trencadis/errors';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { CloudOrder } from './cloud-order.ts';
import { type ReadSecret, resolveSecrets, secretsBeside } from './resolve-secrets.ts';

const rate = z.number().min(0).exactOptional();
const entry = z.strictObject({
  product: z.string().min(1),
  endpoint: z.string().min(1).exactOptional(),
  credentials: z.record(z.string(), z.json()).exactOptional(),
  groups: z.array(z.string().min(1)).exactOptional(),
  price: z
    .strictObject({ currency: z.string(), perVmHour: rate, perCpuHour: rate, perGiBHour: rate })
    .exactOptional(),
  scope: z.enum(['own', 'platform']).default('own'),
});
const byName = z.record(z.string().min(1), entry);
const inList = z.array(entry.extend({ name: z.string().min(1) }));

type Entry = z.output<typeof entry>;

/** The clouds of a YAML file: `clouds`, by name or as a list. Throws one `invalid-argument` with all problems. */
export async function readCloudsFile(path: string): Promise<readonly CloudOrder[]> {
  return parseClouds(await readFile(path, 'utf8'), { place: path, read: secretsBeside(path) });
}

export function parseClouds(
  text: string,
  { place, read }: { readonly place: string; readonly read: ReadSecret },
): readonly CloudOrder[] {
  const parsed = parseEntries(readYaml(text, place));
  if ('problems' in parsed) throw invalid(place, parsed.problems);
  const problems = [...sameNames(parsed.entries)];
  const orders = parsed.entries.map(([name, { credentials, ...body }]): CloudOrder => {
    if (credentials === undefined) return { name, body };
    const resolved = resolveSecrets(credentials, read);
    problems.push(...resolved.problems.map((problem) => `${name}.${problem}`));
    return { name, body: { ...body, credentials: resolved.credentials } };
  });
  if (problems.length > 0) throw invalid(place, problems);
  return orders;
}

/** What the parser says itself quotes the file, which may hold secrets. */
function readYaml(text: string, place: string): unknown {
  const document = parseDocument(text, { logLevel: 'silent' });
  const problems = document.errors.map(({ linePos }) => `line ${linePos?.[0].line ?? 1}: it is not YAML`);
  if (problems.length > 0) throw invalid(place, problems);
  try {
    return document.toJS();
  } catch {
    throw invalid(place, ['an alias (`*name`) has no anchor (`&name`) before it, or there are too many']);
  }
}

type Entries =
  | { readonly entries: readonly (readonly [name: string, Entry])[] }
  | { readonly problems: readonly string[] };

function parseEntries(file: unknown): Entries {
  const { clouds } = z.object({ clouds: z.unknown() }).safeParse(file).data ?? {};
  if (clouds === undefined || clouds === null)
    return { problems: ['it has no clouds: begin with `clouds:`'] };
  if (!Array.isArray(clouds)) {
    const parsed = byName.safeParse(clouds);
    return parsed.success ? { entries: Object.entries(parsed.data) } : problemsOf(parsed.error, []);
  }
  const parsed = inList.safeParse(clouds);
  if (!parsed.success) return problemsOf(parsed.error, clouds);
  return { entries: parsed.data.map(({ name, ...rest }) => [name, rest]) };
}

const named = z.object({ name: z.string() });

/** The first part of a place is the cloud's name, where it has one. */
function problemsOf(error: z.ZodError, list: readonly unknown[]): Entries {
  const problems = error.issues.map(({ path: [first, ...rest], message }) => {
    const name = typeof first === 'number' ? named.safeParse(list[first]).data?.name : undefined;
    const cloud = name ?? (typeof first === 'number' ? `cloud ${first + 1}` : String(first ?? 'clouds'));
    return `${[cloud, ...rest].join('.')}: ${message}`;
  });
  return { problems };
}

function sameNames(entries: readonly (readonly [string, Entry])[]): readonly string[] {
  const counts = Map.groupBy(entries, ([name]) => name);
  return [...counts].flatMap(([name, those]) => (those.length > 1 ? [`${name}: is there twice`] : []));
}

function invalid(place: string, problems: readonly string[]): PlatformError {
  const lines = problems.map((problem) => `  ${problem}`).join('\n');
  return new PlatformError('invalid-argument', `${place} cannot be used:\n${lines}`, { subject: place });
}

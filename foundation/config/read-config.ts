import { readFileSync } from 'node:fs';
import { PlatformError } from '@trencadis/errors';
import type { z } from 'zod';

export interface ConfigSources {
  /** The process's own environment unless told. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A JSON object whose keys are the schema's; the environment wins over it. */
  readonly fileText?: string;
}

/**
 * The settings of a process. The key `databaseUrl` is read from DATABASE_URL, else from the file named by
 * DATABASE_URL_FILE (for secrets), else from `fileText`, else it is the schema's default.
 * Throws one `invalid-argument` that lists every bad key with its variable and what to do.
 */
export function readConfig<Schema extends z.ZodObject>(
  schema: Schema,
  { env = process.env, fileText }: ConfigSources = {},
): z.output<Schema> {
  const keys = Object.keys(schema.shape);
  const fromFile = settingsOfFile(fileText, keys);
  const fromEnvironment = settingsOfEnvironment(keys, env);
  const parsed = schema.safeParse({ ...fromFile.values, ...fromEnvironment.values });
  const unread = fromEnvironment.unreadKeys;
  const invalid = (parsed.error?.issues ?? []).filter(({ path: [key] }) => !unread.includes(String(key)));
  const problems = [...fromFile.problems, ...fromEnvironment.problems, ...invalid.map(describeIssue)];
  if (!parsed.success || problems.length > 0) throw badConfiguration(problems);
  return parsed.data;
}

interface Settings {
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
}

function settingsOfEnvironment(
  keys: readonly string[],
  env: NonNullable<ConfigSources['env']>,
): Settings & { readonly unreadKeys: readonly string[] } {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  const unreadKeys: string[] = [];
  for (const key of keys) {
    try {
      const text = textFromEnvironment(variableOf(key), env);
      if (text !== undefined) values[key] = text;
    } catch (error) {
      unreadKeys.push(key);
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { values, problems, unreadKeys };
}

/** `databaseUrl` -> DATABASE_URL. */
function variableOf(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

function textFromEnvironment(variable: string, env: NonNullable<ConfigSources['env']>): string | undefined {
  const text = env[variable];
  const path = env[`${variable}_FILE`];
  if (path === undefined || path === '') return text === '' ? undefined : text;
  if (text !== undefined && text !== '') {
    throw new Error(`${variable}: set either ${variable} or ${variable}_FILE, not both.`);
  }
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${variable}: cannot read the file that ${variable}_FILE names (${reason}).`, {
      cause: error,
    });
  }
}

function settingsOfFile(fileText: string | undefined, keys: readonly string[]): Settings {
  if (fileText === undefined) return { values: {}, problems: [] };
  let parsed: unknown;
  try {
    parsed = JSON.parse(fileText);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { values: {}, problems: [`configuration file: not JSON (${reason}).`] };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { values: {}, problems: ['configuration file: write one JSON object, { "key": value, ... }.'] };
  }
  const unknown = Object.keys(parsed).filter((key) => !keys.includes(key));
  const problems = unknown.map(
    (key) => `${key}: no such setting; remove it, or use one of ${keys.join(', ')}.`,
  );
  return { values: { ...parsed }, problems };
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const [key = ''] = issue.path.map(String);
  const isMissing = issue.code === 'invalid_type' && issue.message.includes('received undefined');
  const what = isMissing ? 'is missing' : issue.message.replace(/\.$/, '');
  return `${issue.path.join('.')}: ${what}; set ${variableOf(key)} (or ${variableOf(key)}_FILE, the path of a file that holds it).`;
}

function badConfiguration(problems: readonly string[]): PlatformError {
  const list = problems.map((problem) => `  - ${problem}`).join('\n');
  return new PlatformError(
    'invalid-argument',
    `The configuration has ${problems.length} problem(s):\n${list}`,
    {
      subject: 'configuration',
    },
  );
}

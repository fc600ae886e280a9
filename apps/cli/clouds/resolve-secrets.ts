import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readVariable } from '@trencadis/config';
import { z } from 'zod';

export type SecretReference = z.output<typeof reference>;
const reference = z.union([
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({ env: z.string().min(1) }),
]);

/** What a reference stands for; `undefined` where it is not there. */
export type ReadSecret = (named: SecretReference) => string | undefined;

/** Files lie beside the file that names them; the last newline of one is no part of the secret. */
export function secretsBeside(path: string): ReadSecret {
  return (named) => {
    if ('env' in named) return readVariable(named.env);
    return readTextFile(resolve(dirname(path), named.file))?.replace(/\r?\n$/, '');
  };
}

export function readTextFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Whoever asks tells that the file cannot be read, by its place.
    return undefined;
  }
}

export interface Resolved {
  readonly credentials: Readonly<Record<string, z.core.util.JSONType>>;
  readonly problems: readonly string[];
}

/** Credentials with what `{ file: PATH }` and `{ env: NAME }` stand for. Problems name keys, never values. */
export function resolveSecrets(
  credentials: Readonly<Record<string, z.core.util.JSONType>>,
  read: ReadSecret,
): Resolved {
  const problems: string[] = [];
  const entries = Object.entries(credentials).map(([key, value]) => {
    const named = reference.safeParse(value).data;
    if (named === undefined) return [key, value] as const;
    const secret = read(named);
    if (secret === undefined) {
      const what = 'env' in named ? `variable ${named.env}` : `file ${named.file}`;
      problems.push(`credentials.${key}: ${what} is not there`);
    }
    return [key, secret ?? ''] as const;
  });
  return { credentials: Object.fromEntries(entries), problems };
}

import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { readConfig } from '@trencadis/config';
import { PlatformError } from '@trencadis/errors';
import { z } from 'zod';

/** Asked for without echo on a terminal, otherwise the first line of standard input. Never an argument: others see those. */
export async function readPassword(question: string): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).split(/\r?\n/, 1)[0] ?? '';
  process.stderr.write(`${question}: `);
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silence, terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}

/** A password that is typed twice on a terminal, so that it is the one that was meant. */
export async function readNewPassword(): Promise<string> {
  const password = await readPassword('New password');
  if (process.stdin.isTTY && (await readPassword('Once more')) !== password)
    throw new PlatformError('invalid-argument', 'The two passwords differ: nothing was changed.');
  return password;
}

const environment = z.object({ trencadisCloudCredentials: z.string().optional() });

/**
 * A JSON object from a file (`@path`), from standard input (`-`), or without a place from TRENCADIS_CLOUD_CREDENTIALS
 * (or the file that TRENCADIS_CLOUD_CREDENTIALS_FILE names); `undefined` when there is none.
 */
export async function readCredentials(place: string | undefined): Promise<CloudCredentials | undefined> {
  const json = place === undefined ? readConfig(environment).trencadisCloudCredentials : await textAt(place);
  if (json === undefined) return undefined;
  const parsed = credentialsSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new PlatformError('invalid-argument', 'The credentials are not a JSON object.');
}

const credentialsSchema = z
  .string()
  .transform((json, context): unknown => {
    try {
      return JSON.parse(json);
    } catch {
      // Its own message would quote the credentials.
      context.addIssue({ code: 'custom', message: 'is not JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.json()));
type CloudCredentials = z.output<typeof credentialsSchema>;

async function textAt(place: string): Promise<string> {
  if (place === '-') return text(process.stdin);
  if (place.startsWith('@')) return readFile(place.slice(1), 'utf8');
  const message =
    'Credentials are not given as an argument, which others on this host can read: write @file, or - for standard input.';
  throw new PlatformError('invalid-argument', message);
}

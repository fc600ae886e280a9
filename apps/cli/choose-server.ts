import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readConfig } from '@trencadis/config';
import { PlatformError } from '@trencadis/errors';
import type { Command } from 'commander';
import { z } from 'zod';

const settings = z.object({
  trencadisServer: z.url({ protocol: /^https?$/ }).optional(),
  trencadisToken: z.string().optional(),
});

export interface ChosenServer {
  /** Without one: this host's own. */
  readonly url?: string;
  readonly token?: string;
}

/** Options of all commands that talk to a platform. */
export function withServerOptions(program: Command): Command {
  return program
    .option('--server <url>', 'a platform elsewhere instead of this host’s (or TRENCADIS_SERVER)')
    .option('--token-file <file>', 'holds the token of an account (or TRENCADIS_TOKEN_FILE)');
}

/** What the command line says, else the environment: TRENCADIS_SERVER, and TRENCADIS_TOKEN or TRENCADIS_TOKEN_FILE. */
export function chooseServer(
  args: readonly string[] = process.argv.slice(2),
  env?: Readonly<Record<string, string | undefined>>,
): ChosenServer {
  const given = givenOptions(args);
  const token = given['token-file'] === undefined ? undefined : readToken(given['token-file']);
  const { trencadisServer, trencadisToken } = readConfig(settings, env === undefined ? {} : { env });
  const server = given.server ?? trencadisServer;
  const chosen = token ?? trencadisToken;
  return {
    ...(server === undefined ? {} : { url: urlOf(server) }),
    ...(chosen === undefined ? {} : { token: chosen }),
  };
}

/** Commander knows them for `--help`; here they are read again, wherever they stand before a `--`. */
function givenOptions(args: readonly string[]): { readonly server?: string; readonly 'token-file'?: string } {
  const { values } = parseArgs({
    args: [...args],
    options: { server: { type: 'string' }, 'token-file': { type: 'string' } },
    strict: false,
    allowPositionals: true,
  });
  const text = (name: 'server' | 'token-file') => {
    const value = values[name];
    return typeof value === 'string' ? { [name]: value } : {};
  };
  return { ...text('server'), ...text('token-file') };
}

function urlOf(text: string): string {
  const parsed = settings.shape.trencadisServer.safeParse(text);
  if (parsed.success) return text;
  throw new PlatformError(
    'invalid-argument',
    `--server '${text}' is no URL; write for example https://platform.example:8443.`,
  );
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PlatformError('invalid-argument', `Cannot read the token: ${reason}`, { subject: file, cause });
  }
}

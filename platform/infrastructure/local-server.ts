import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { newSecretText } from '@trencadis/ids';
import { z } from 'zod';

/** How a platform server and its clients on the same host find each other: two files in the platform's folder. */
export interface LocalServer {
  readonly url: string;
  readonly pid: number;
}

const localServerSchema = z.object({ url: z.string(), pid: z.number().int() });

const announcementIn = (home: string) => join(home, 'platform-api.json');
const tokenIn = (home: string) => join(home, 'platform-api.token');

/** The server that runs for that folder; `undefined` when none does, whatever an earlier one left behind. */
export async function findLocalServer(home: string): Promise<LocalServer | undefined> {
  const text = await readIfPresent(announcementIn(home));
  if (text === undefined) return undefined;
  const server = localServerSchema.parse(JSON.parse(text));
  const commandLine = await readIfPresent(`/proc/${server.pid}/cmdline`);
  return commandLine?.includes('platform-api') === true ? server : undefined;
}

/** Says where the server answers. Two servers on one folder would share machines and database by accident: `conflict`. */
export async function announceLocalServer(home: string, server: LocalServer): Promise<void> {
  await refuseSecondServer(home, server.pid);
  await writeWhole(announcementIn(home), JSON.stringify(server), 0o644);
}

export async function refuseSecondServer(home: string, pid: number): Promise<void> {
  const running = await findLocalServer(home);
  if (!running || running.pid === pid) return;
  const message = `A platform server runs for ${home} already (pid ${running.pid}, ${running.url}).`;
  throw new PlatformError('conflict', message, { subject: home });
}

/** Takes back what the server of that process announced; what another one has announced since then stays. */
export async function withdrawLocalServer(home: string, pid: number): Promise<void> {
  const text = await readIfPresent(announcementIn(home));
  if (text === undefined || localServerSchema.parse(JSON.parse(text)).pid !== pid) return;
  await rm(announcementIn(home), { force: true });
}

/** The operator's token, made at the server's first start in a file that only its owner can read. */
export async function readOrCreateLocalToken(home: string): Promise<string> {
  const stored = await readIfPresent(tokenIn(home));
  if (stored !== undefined) return stored.trim();
  const token = newSecretText();
  await writeWhole(tokenIn(home), `${token}\n`, 0o600);
  return token;
}

export async function readLocalToken(home: string): Promise<string> {
  try {
    return (await readFile(tokenIn(home), 'utf8')).trim();
  } catch (cause) {
    const message = `Cannot read the platform's token ${tokenIn(home)}: run this as the user who started the server, or with sudo.`;
    throw new PlatformError('forbidden', message, { subject: tokenIn(home), cause });
  }
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // ESRCH: the process of a /proc file ended between open and read.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
}

async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  await writeFile(`${path}.new`, text, { mode });
  await rename(`${path}.new`, path);
}

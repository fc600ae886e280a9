import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { newSecretText } from '@trencadis/ids';

/** The text of a file, or `undefined` when there is none. */
export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function readOrCreatePassword(directory: string): Promise<string> {
  const path = join(directory, 'password');
  const kept = await readIfPresent(path);
  if (kept !== undefined && kept !== '') return kept;
  const password = newSecretText();
  await writeFile(path, password, { mode: 0o600 });
  return password;
}

/** The port kept from the last start unless somebody else took it meanwhile. */
export async function readOrCreatePort(directory: string): Promise<number> {
  const path = join(directory, 'port');
  const kept = Number(await readIfPresent(path));
  const port = await freePort(Number.isInteger(kept) ? kept : 0);
  await writeFile(path, String(port));
  return port;
}

async function freePort(wanted: number): Promise<number> {
  const port = await tryToListen(wanted);
  if (port !== undefined) return port;
  const other = await tryToListen(0);
  if (other === undefined) throw new Error('no free TCP port on 127.0.0.1');
  return other;
}

/** The port listened on for a moment, `undefined` when it is taken. */
function tryToListen(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1' }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

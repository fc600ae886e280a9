import { randomBytes, randomUUID } from 'node:crypto';
import { link, open as openFile, readFile, rm, stat } from 'node:fs/promises';
import { PlatformError } from '@trencadis/errors';
import { type SealingKey, parseSealingKey } from './seal.ts';

/**
 * The key in that file; a new random one is written, readable by its owner only, when there is no such file.
 * Two processes that start together get the same key. A file that others may read is refused.
 */
export async function readOrCreateKeyFile(path: string): Promise<SealingKey> {
  const text = (await readKeyFile(path)) ?? (await createKeyFile(path));
  try {
    return parseSealingKey(text.trim());
  } catch (cause) {
    throw new PlatformError(
      'invalid-argument',
      `${path} does not hold a sealing key (32 bytes as base64url text). Restore it from your backup: what it sealed opens with no other key.`,
      { subject: path, cause },
    );
  }
}

async function readKeyFile(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) {
      throw new PlatformError(
        'forbidden',
        `Others than its owner may read the key file ${path}. Run: chmod 600 ${path}`,
        { subject: path },
      );
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isNodeError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function createKeyFile(path: string): Promise<string> {
  const draft = `${path}.${randomUUID()}`;
  const file = await openFile(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await file.sync();
    // A link appears whole or not at all and never replaces: the first of two processes wins.
    await link(draft, path);
  } catch (error) {
    if (!isNodeError(error, 'EEXIST')) throw error;
  } finally {
    await file.close();
    await rm(draft, { force: true });
  }
  return await readFile(path, 'utf8');
}

function isNodeError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

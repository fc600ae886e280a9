import { open, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const searched = ['etc', 'home', 'root', 'srv', 'usr/local/etc', 'var/lib/postgresql'];

/** What must never be in an image, one sentence each: keys, password hashes, an identity. Empty when all is well. */
export async function findSecrets(root: string): Promise<readonly string[]> {
  const keys = await Promise.all(searched.map((folder) => findKeys(root, folder)));
  return [...keys.flat(), ...(await findPasswords(root)), ...(await findMachineId(root))];
}

async function findKeys(root: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  const found: string[] = [];
  for (const path of entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))) {
    if (/-----BEGIN [A-Z ]*PRIVATE KEY/.test(await readStart(path))) {
      found.push(`${path.slice(root.length)} is a private key`);
    }
  }
  return found;
}

async function readStart(path: string): Promise<string> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(128), 0, 128, 0);
  return buffer.toString('latin1', 0, bytesRead);
}

/** shadow(5): a field that begins with `!` or `*` is no password. */
async function findPasswords(root: string): Promise<readonly string[]> {
  const shadow = await readFile(join(root, 'etc/shadow'), 'utf8');
  const accounts = shadow.split('\n').map((line) => line.split(':'));
  return accounts
    .filter(([user, hash]) => user !== '' && !/^[!*]/.test(hash ?? ''))
    .map(([user]) => `/etc/shadow lets ${String(user)} log in with a password or without one`);
}

async function findMachineId(root: string): Promise<readonly string[]> {
  const text = await readFile(join(root, 'etc/machine-id'), 'utf8');
  return text === '' ? [] : ['/etc/machine-id is set'];
}

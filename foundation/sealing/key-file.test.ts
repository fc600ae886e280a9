import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readOrCreateKeyFile } from './index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trencadis-key-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('readOrCreateKeyFile', () => {
  it('makes a key that only the owner can read, once', async () => {
    const path = join(folder, 'key');
    const first = await readOrCreateKeyFile(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readOrCreateKeyFile(path)).toEqual(first);
    expect(first).toHaveLength(32);
    expect(await readdir(folder)).toEqual(['key']);
  });

  it('gives one key to all who ask at once', async () => {
    const path = join(folder, 'key');
    const keys = await Promise.all(Array.from({ length: 8 }, () => readOrCreateKeyFile(path)));
    expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
    expect(await readdir(folder)).toEqual(['key']);
  });

  it('refuses a file that others may read, and a file that holds no key', async () => {
    const path = join(folder, 'key');
    await readOrCreateKeyFile(path);
    await chmod(path, 0o640);
    await expect(readOrCreateKeyFile(path)).rejects.toMatchObject({ code: 'forbidden', subject: path });
    await writeFile(path, 'secret');
    await chmod(path, 0o600);
    await expect(readOrCreateKeyFile(path)).rejects.toThrow(/does not hold a sealing key/);
    expect(await readFile(path, 'utf8')).toBe('secret');
  });
});

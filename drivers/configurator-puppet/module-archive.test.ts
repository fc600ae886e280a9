import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packModules } from './module-archive.ts';

let folder: string;
let modules: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trencadis-modules-'));
  modules = join(folder, 'modules');
  await mkdir(join(modules, 'a', 'manifests'), { recursive: true });
  await writeFile(join(modules, 'a', 'manifests', 'init.pp'), 'class a {}\n');
  await writeFile(join(modules, 'a', 'empty'), '');
  await writeFile(join(modules, 'a', 'big'), 'x'.repeat(70_000));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('packModules', () => {
  it('makes an archive that tar unpacks to the same files', async () => {
    const { content } = await packModules(modules);
    await writeFile(join(folder, 'modules.tar'), content);
    await mkdir(join(folder, 'out'));
    const { stderr } = await promisify(execFile)('tar', ['-xf', 'modules.tar', '-C', 'out'], { cwd: folder });
    expect(stderr).toBe('');
    for (const path of ['a/manifests/init.pp', 'a/empty', 'a/big']) {
      expect(await readFile(join(folder, 'out', path), 'utf8')).toBe(
        await readFile(join(modules, path), 'utf8'),
      );
    }
  });

  it('has the same digest for the same files, and another for others', async () => {
    const { digest } = await packModules(modules);
    expect((await packModules(modules)).digest).toBe(digest);
    await writeFile(join(modules, 'a', 'empty'), 'x');
    expect((await packModules(modules)).digest).not.toBe(digest);
  });

  it('says where it looked when there is nothing', async () => {
    await rm(join(modules, 'a'), { recursive: true });
    await expect(packModules(modules)).rejects.toMatchObject({ code: 'not-found', subject: modules });
  });
});

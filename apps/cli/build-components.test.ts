import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sha256OfBytes } from '@trencadis/ids';
import { extract, list } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildComponents } from './build-components.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trencadis-components-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function digestsOf(directory: string): Promise<readonly string[]> {
  const built = await buildComponents(directory);
  return await Promise.all(built.map(async ({ path }) => sha256OfBytes(await readFile(path))));
}

describe('buildComponents', () => {
  it('makes the service archive and the database definition', async () => {
    const built = await buildComponents(folder);
    expect(built.map(({ fileName }) => fileName)).toEqual(['database.sql', 'Key_Server_Grid_Service.gar']);
    expect(built[1]).toMatchObject({
      version: '0.1.0',
      dependencies: 'database.sql@>=0.1.0',
      licence: expect.stringMatching(/^Apache-2\.0 AND .*\bMIT\b/),
    });
    const entries: { path: string; mode: number | undefined; time: number | undefined }[] = [];
    await list({
      file: built[1]!.path,
      onReadEntry: ({ path, mode, mtime }) => entries.push({ path, mode, time: mtime?.getTime() }),
    });
    expect(entries).toEqual([
      { path: 'component.json', mode: 0o644, time: 0 },
      { path: 'key-server.mjs', mode: 0o644, time: 0 },
    ]);
  });

  it('says nothing of where this project and its dependencies are on this machine', async () => {
    const built = await buildComponents(folder);
    await extract({ file: built[1]!.path, cwd: folder });
    const program = await readFile(join(folder, 'key-server.mjs'), 'utf8');
    expect(program.length).toBeGreaterThan(100_000);
    expect(program).not.toContain('node_modules/');
    expect(program).not.toContain(resolve(import.meta.dirname, '../..'));
    expect(program).not.toContain('foundation/');
  });

  it('gives the same bytes for the same sources, in any folder', async () => {
    expect(await digestsOf(join(folder, 'two'))).toEqual(await digestsOf(join(folder, 'one')));
  });
});

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { create } from 'tar';
import type { ServiceManifest } from '../model.ts';

export const exampleManifest: ServiceManifest = {
  name: 'example',
  version: '1.0.0',
  command: ['node', 'main.ts'],
  port: 8443,
  protocol: 'https',
  livePath: '/healthz',
  readyPath: '/readyz',
  databases: ['SQL_Keys'],
  secrets: [{ name: 'sealingKey', byteCount: 32 }],
  parameters: [{ name: 'issuers', description: 'Who may issue tokens.', required: true }],
};

/** A gzip-compressed tar of these files, the same bytes each time, by their paths in it; a path may begin with `../` to try what is forbidden. */
export async function packGar(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'trencadis-gar-'));
  try {
    const root = join(directory, 'root');
    await mkdir(root);
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    }
    const file = join(directory, 'packed.gar');
    await create(
      { cwd: root, file, gzip: true, preservePaths: true, portable: true, noMtime: true },
      Object.keys(files),
    );
    return await readFile(file);
  } finally {
    await rm(directory, { recursive: true });
  }
}

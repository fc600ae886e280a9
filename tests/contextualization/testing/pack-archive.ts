import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DeliveredComponent } from '@trencadis/contextualization';
import { sha256OfBytes } from '@trencadis/ids';
import { execa } from 'execa';

/** A `.tar.gz` with those files (path to text), as the component repository would hand it over. */
export async function packArchive(
  fileName: string,
  files: Readonly<Record<string, string>>,
): Promise<DeliveredComponent> {
  const folder = await mkdtemp(join(tmpdir(), 'trencadis-archive-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, 'content', path)), { recursive: true });
      await writeFile(join(folder, 'content', path), text);
    }
    const archive = join(folder, 'archive');
    await execa('tar', [
      '--create',
      '--gzip',
      '--file',
      archive,
      '--directory',
      join(folder, 'content'),
      '.',
    ]);
    const content = await readFile(archive);
    return { fileName, digest: sha256OfBytes(content), content: async () => content };
  } finally {
    await rm(folder, { recursive: true });
  }
}

import { chmod, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';

/** A gzip-compressed tar whose bytes depend on names and contents only: no times, owners or machine's order. */
export async function packService(archive: string, files: Readonly<Record<string, string>>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'trencadis-gar-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      await writeFile(path, text);
      await chmod(path, 0o644);
      await utimes(path, 0, 0);
    }
    const names = Object.keys(files).toSorted((one, other) => (one < other ? -1 : 1));
    await create({ cwd: folder, file: archive, gzip: { level: 9 }, portable: true }, names);
  } finally {
    await rm(folder, { recursive: true });
  }
}

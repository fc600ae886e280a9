import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { create } from 'tar';

/** An installation file (paper, Table 2), ready for the component repository. */
export interface BuiltComponent {
  readonly fileName: string;
  readonly path: string;
  readonly version: string;
  readonly description: string;
}

const repository = resolve(import.meta.dirname, '../../..');
const keyServer = join(repository, 'apps/key-server');

/** Builds the Key Server's two installation files into that folder. The same sources give the same bytes. */
export async function buildComponents(outputDirectory: string): Promise<readonly BuiltComponent[]> {
  await mkdir(outputDirectory, { recursive: true });
  const manifest = await readFile(join(keyServer, 'component.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { readonly version: string };
  const archive = join(outputDirectory, 'Key_Server_Grid_Service.gar');
  await packService(archive, {
    'component.json': manifest,
    'key-server.mjs': await bundle(join(keyServer, 'main.ts')),
  });
  const definition = join(outputDirectory, 'database.sql');
  await copyFile(join(repository, 'imaging/key-server/database.sql'), definition);
  return [
    {
      fileName: 'Key_Server_Grid_Service.gar',
      path: archive,
      version,
      description: 'The TRENCADIS Key Server, as one program for Node.js',
    },
    {
      fileName: 'database.sql',
      path: definition,
      version,
      description: 'The tables of the database SQL_Keys',
    },
  ];
}

/** One file of the program with all that it imports, so that a machine needs nothing but Node.js. */
async function bundle(entry: string): Promise<string> {
  // Names of modules stand in the output: relative to the repository, whatever the folder of the caller.
  const build = await rolldown({ input: entry, cwd: repository, platform: 'node', logLevel: 'warn' });
  try {
    const { output } = await build.generate({ format: 'esm', codeSplitting: false });
    return output[0].code;
  } finally {
    await build.close();
  }
}

/** A gzip-compressed tar whose bytes depend on names and contents only: no times, owners or machine's order. */
async function packService(archive: string, files: Readonly<Record<string, string>>): Promise<void> {
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

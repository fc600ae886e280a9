import { stat } from 'node:fs/promises';
import { execa } from 'execa';

export interface HostPackage {
  readonly command: string;
  /** Looked for in place of the command, where that may be there without the package. */
  readonly file?: string;
  /** The Debian package that has it. */
  readonly package: string;
  readonly why: string;
}

/** Those of the packages that this host lacks. */
export async function missingHostPackages(packages: readonly HostPackage[]): Promise<readonly HostPackage[]> {
  const present = await Promise.all(packages.map(isPresent));
  return packages.filter((_, at) => present[at] !== true);
}

async function isPresent({ command, file }: HostPackage): Promise<boolean> {
  if (file !== undefined) return await isFile(file);
  // Root's own shell may not look where administrators' programs are (su without a dash).
  const look = ['-c', 'PATH="$PATH:/usr/sbin:/sbin"; command -v -- "$1"', 'sh', command];
  const { exitCode } = await execa('sh', look, { reject: false });
  return exitCode === 0;
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isFile(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

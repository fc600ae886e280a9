import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Sha256, sha256OfText } from '@trencadis/ids';
import { execa } from 'execa';
import { describeBuildFailure } from './build-failure.ts';
import { installBootLoader, makeCoreImage, rootLabel } from './boot-loader.ts';
import { partitionStartBytes, virtualSizeOf } from './disk-layout.ts';
import type { Recipe } from './recipe.ts';
import { runIsolated, searchPath } from './run-isolated.ts';

export interface PackJob {
  readonly recipe: Recipe;
  readonly cacheKey: Sha256;
  /** The finished tree, kernel included. */
  readonly root: string;
  /** For what is only needed on the way. */
  readonly folder: string;
  /** The qcow2 to be written. */
  readonly disk: string;
  readonly signal: AbortSignal | undefined;
}

/** Packs the tree into a bootable disk; the same tree and key give the same bytes. Answers its virtual size in bytes. */
export async function packDisk(job: PackJob): Promise<number> {
  const raw = join(job.folder, 'disk.raw');
  const coreImage = join(job.folder, 'core.img');
  const diskBytes = virtualSizeOf(await sizeOf(job.root));
  await writeFile(raw, '');
  await truncate(raw, diskBytes);
  await run(job, makeFileSystem(job, raw, diskBytes));
  await settleTimes(job, raw);
  await run(job, makeCoreImage(coreImage));
  const signature = Number.parseInt(job.cacheKey.slice(0, 8), 16);
  await installBootLoader({ disk: raw, coreImage, diskBytes, signature });
  // Compressed by zlib, which every QEMU and Glance reads: a third of the size.
  await run(job, ['qemu-img', 'convert', '-c', '-f', 'raw', '-O', 'qcow2', raw, job.disk]);
  await Promise.all([raw, coreImage].map((path) => rm(path)));
  return diskBytes;
}

async function sizeOf(root: string): Promise<number> {
  const { stdout } = await execa('du', ['--summarize', '--block-size=1', root]);
  return Number.parseInt(stdout, 10);
}

function makeFileSystem({ cacheKey, root }: PackJob, raw: string, diskBytes: number): readonly string[] {
  const options = [
    `offset=${String(partitionStartBytes)}`,
    'root_owner=0:0',
    `hash_seed=${uuidOf(cacheKey, 'hash seed')}`,
    // Written here, sparsely, and not by each machine while it boots.
    'lazy_itable_init=0',
    'lazy_journal_init=0',
  ];
  const make = ['mke2fs', '-q', '-F', '-t', 'ext4', '-m', '0'];
  const identity = ['-L', rootLabel, '-U', uuidOf(cacheKey, 'root'), '-E', options.join(',')];
  return [...make, ...identity, '-d', root, raw, `${String((diskBytes - partitionStartBytes) / 1024)}k`];
}

/** mke2fs copies when each inode was last changed and read, which is when the build was. */
async function settleTimes(job: PackJob, raw: string): Promise<void> {
  const fileSystem = `${raw}?offset=${String(partitionStartBytes)}`;
  const lines = await run(job, ['debugfs', '-R', 'show_super_stats -h', fileSystem]);
  const [total, free] = [/^Inode count:\s+(\d+)/, /^Free inodes:\s+(\d+)/].map((pattern) =>
    Number(lines.map((line) => pattern.exec(line)?.[1]).find((count) => count !== undefined)),
  );
  const stamp = `@${String(job.recipe.sourceDateEpoch)}`;
  const commands: string[] = [];
  // A file system that nothing was ever deleted from uses its inodes from the first on; 3 to 10 are its own.
  for (let inode = 2; inode <= Number(total) - Number(free); inode += inode === 2 ? 9 : 1) {
    commands.push(`sif <${String(inode)}> ctime ${stamp}`, `sif <${String(inode)}> atime ${stamp}`);
  }
  const script = join(job.folder, 'settle-times');
  await writeFile(script, `${commands.join('\n')}\n`);
  await run(job, ['debugfs', '-w', '-f', script, fileSystem]);
  await rm(script);
}

async function run({ recipe, signal }: PackJob, argv: readonly string[]): Promise<readonly string[]> {
  const env = {
    PATH: searchPath,
    LC_ALL: 'C.UTF-8',
    // What e2fsprogs takes for the present time.
    E2FSPROGS_FAKE_TIME: String(recipe.sourceDateEpoch),
  };
  const { lines, failure } = await runIsolated(argv, { env, signal });
  if (failure === undefined) return lines;
  const phase = `running ${String(argv[0])}`;
  throw describeBuildFailure({ recipeId: recipe.id, phase, lines, cause: failure });
}

/** RFC 9562, version 8: 122 bits of a digest. */
function uuidOf(cacheKey: Sha256, use: string): string {
  const hex = sha256OfText(`${cacheKey} ${use}`);
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0b11) | 0b1000).toString(16);
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
  ];
  return [...parts, hex.slice(20, 32)].join('-');
}

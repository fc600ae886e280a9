import { chmod, copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describeBuildFailure } from './build-failure.ts';
import { readDebianSources } from './debian-sources.ts';
import { lastPhaseOf } from './build-progress.ts';
import type { Recipe } from './recipe.ts';
import { runIsolated } from './run-isolated.ts';

export interface BootstrapJob {
  readonly recipe: Recipe;
  /** An existing empty folder; the root filesystem is made in `<folder>/rootfs`. */
  readonly folder: string;
  /** Downloaded packages, kept from build to build; the same filesystem as `folder`. */
  readonly aptCache: string;
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Runs under sh with the root as $1; the two folders come in the environment, so no path is ever part of a shell text. */
const setupHook = [
  'mkdir -p "$1/var/cache/apt/archives/partial"',
  'cp --recursive --link "$TRENCADIS_APT_CACHE/." "$1/var/cache/apt/archives/"',
  'cp --recursive --preserve=mode "$TRENCADIS_FILES/." "$1/"',
].join(' && ');

/** Installs the recipe's packages, with its files in place before any package is configured. */
export async function bootstrapRoot(job: BootstrapJob): Promise<void> {
  const { recipe, folder, aptCache } = job;
  const files = join(folder, 'files');
  await stageFiles(recipe, files);
  const sources = join(folder, 'sources.list');
  await writeFile(sources, `${(await readDebianSources(recipe.suite)).join('\n')}\n`);
  await mkdir(aptCache, { recursive: true });
  const rootfs = join(folder, 'rootfs');
  await runMmdebstrap(job, [recipe.suite, rootfs, sources], {
    TRENCADIS_APT_CACHE: aptCache,
    TRENCADIS_FILES: files,
    SOURCE_DATE_EPOCH: String(recipe.sourceDateEpoch),
    LC_ALL: 'C.UTF-8',
  });
  await rm(aptCache, { recursive: true });
  await rename(join(rootfs, 'var/cache/apt/archives'), aptCache);
  await Promise.all([files, sources].map((path) => rm(path, { recursive: true })));
}

/** Modes are set here, not taken from the checkout, so that a developer's umask does not reach the image. */
async function stageFiles(recipe: Recipe, staging: string): Promise<void> {
  await mkdir(staging, { mode: 0o755 });
  for (const { path, source, isExecutable } of recipe.files) {
    const target = join(staging, path);
    await makeFolders(staging, dirname(path));
    await copyFile(source, target);
    await chmod(target, isExecutable ? 0o755 : 0o644);
  }
}

async function makeFolders(base: string, path: string): Promise<void> {
  if (path === '.') return;
  await makeFolders(base, dirname(path));
  await mkdir(join(base, path), { recursive: true });
  await chmod(join(base, path), 0o755);
}

function mmdebstrapArguments(recipe: Recipe): readonly string[] {
  return [
    '--verbose',
    '--variant=minbase',
    '--mode=root',
    '--format=directory',
    // Every source names its keyring; the downloaded packages are kept for the next build.
    '--skip=check/signed-by,essential/unlink,cleanup/apt/cache',
    `--setup-hook=${setupHook}`,
    '--customize-hook=chroot "$1" apt-get autoclean --yes',
    '--aptopt=APT::Install-Recommends "false"',
    '--dpkgopt=force-unsafe-io',
    '--aptopt=Acquire::Languages "none"',
    ...recipe.packages.map((name) => `--include=${name}`),
  ];
}

async function runMmdebstrap(
  { recipe, onLine, signal }: BootstrapJob,
  where: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const argv = ['mmdebstrap', ...mmdebstrapArguments(recipe), ...where];
  const { lines, failure } = await runIsolated(argv, { env, onLine, signal });
  if (failure === undefined) return;
  throw describeBuildFailure({ recipeId: recipe.id, phase: lastPhaseOf(lines), lines, cause: failure });
}

import { access, cp, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256OfText } from '@trencadis/ids';
import { execa } from 'execa';

const cache = '/var/cache/trencadis';
/** What every bed has: `enter.sh` is run outside, the others are beside the bed's own scripts in `/opt/bed`. */
export const ownScripts = join(import.meta.dirname, 'bed');

/** What every bed needs. */
const packages = ['mariadb-server', 'python3-pymysql', 'uwsgi-plugin-python3', 'curl', 'iproute2', 'procps'];

/** Services of OpenStack from Debian's packages, as tests start them: in namespaces, without any guest. */
export interface Bed {
  /** Their host, and what is cached of them: `octavia`. */
  readonly name: string;
  /** Of Debian. The last part of the name of a cached root comes of them, in this order. */
  readonly packages: readonly string[];
  /** The folder of `prepare.sh`, which runs once, and `serve.sh`, which says `ready`; both as pid 1. */
  readonly scripts: string;
}

/** Where each start of a bed writes. */
export function runsOf({ name }: Bed): string {
  return join(cache, `${name}-runs`);
}

/** A Debian 12 with the bed's packages (OpenStack Zed), made once. Answers its directory. */
export async function rootFilesystem(bed: Bed): Promise<string> {
  const included = [...bed.packages, ...packages];
  const place = join(cache, `${bed.name}-${sha256OfText(included.join(' ')).slice(0, 12)}`);
  return madeOnce(place, async (draft) => {
    const args = [
      '--quiet',
      '--variant=minbase',
      '--mode=root',
      '--aptopt=APT::Install-Recommends "false"',
      '--aptopt=Acquire::Languages "none"',
      ...['man', 'locale', 'doc'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
      `--include=${included.join(',')}`,
      'bookworm',
      draft,
    ];
    await execa('mmdebstrap', args, { timeout: 900_000 });
  });
}

/**
 * The layer that the first start leaves over the root filesystem: configuration, databases with their schemas and what they
 * are filled with. Made once for the packages and the scripts.
 */
export async function preparedLayer(
  { name, scripts }: Bed,
  root: string,
  run: (layer: string) => Promise<void>,
): Promise<string> {
  const texts = [...(await textsIn(ownScripts)), ...(await textsIn(scripts))];
  const place = join(cache, `${name}-prepared-${sha256OfText([root, ...texts].join('\0')).slice(0, 12)}`);
  return madeOnce(place, async (draft) => {
    const inside = join(draft, 'upper/opt/bed');
    await mkdir(inside, { recursive: true });
    for (const folder of [ownScripts, scripts]) await cp(folder, inside, { recursive: true });
    await run(draft);
  });
}

async function textsIn(folder: string): Promise<readonly string[]> {
  const files = (await readdir(folder)).toSorted();
  return Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
}

async function madeOnce(place: string, make: (draft: string) => Promise<void>): Promise<string> {
  if (await exists(place)) return place;
  const draft = `${place}.${process.pid}`;
  await mkdir(cache, { recursive: true });
  try {
    await make(draft);
    // Another process may have been as quick.
    if (!(await exists(place))) await rename(draft, place);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return place;
}

/** What earlier processes left that were killed: drafts and runs end with the id of theirs. */
export async function removeStale(bed: Bed): Promise<void> {
  const drafts = (await namesIn(cache)).filter((name) => name.startsWith(`${bed.name}-`));
  const places = drafts.map((name) => join(cache, name));
  places.push(...(await namesIn(runsOf(bed))).map((name) => join(runsOf(bed), name)));
  for (const place of places) {
    const [, pid] = /\.(\d+)$/.exec(place) ?? [];
    if (pid === undefined || (await exists(`/proc/${pid}`))) continue;
    await rm(place, { recursive: true, force: true });
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return (await exists(directory)) ? readdir(directory) : [];
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

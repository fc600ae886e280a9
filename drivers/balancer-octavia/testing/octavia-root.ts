import { access, cp, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256OfText } from '@trencadis/ids';
import { execa } from 'execa';

const cache = '/var/cache/trencadis';
export const runs = join(cache, 'octavia-runs');
export const bed = join(import.meta.dirname, 'bed');

const packages = [
  'octavia-api',
  'octavia-worker',
  'octavia-driver-agent',
  'barbican-api',
  'mariadb-server',
  'python3-pymysql',
  'uwsgi-plugin-python3',
  'curl',
  'iproute2',
  'procps',
];

/** A Debian 12 with Octavia and Barbican (Zed), apart from OpenStack's own: made once, a minute and 0.9 GB. */
export async function octaviaRoot(): Promise<string> {
  const place = join(cache, `octavia-${sha256OfText(packages.join(' ')).slice(0, 12)}`);
  return madeOnce(place, async (draft) => {
    const args = [
      '--quiet',
      '--variant=minbase',
      '--mode=root',
      '--aptopt=APT::Install-Recommends "false"',
      '--aptopt=Acquire::Languages "none"',
      ...['man', 'locale', 'doc'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
      `--include=${packages.join(',')}`,
      'bookworm',
      draft,
    ];
    await execa('mmdebstrap', args, { timeout: 900_000 });
  });
}

/** What the first start leaves over the root: configuration and empty databases. Made once for packages and `bed/`. */
export async function preparedLayer(root: string, run: (layer: string) => Promise<void>): Promise<string> {
  const files = (await readdir(bed)).toSorted();
  const texts = await Promise.all(files.map((name) => readFile(join(bed, name), 'utf8')));
  const place = join(cache, `octavia-prepared-${sha256OfText([root, ...texts].join('\0')).slice(0, 12)}`);
  return madeOnce(place, async (draft) => {
    const inside = join(draft, 'upper/opt/bed');
    await mkdir(inside, { recursive: true });
    await cp(bed, inside, { recursive: true });
    await run(draft);
  });
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
export async function removeStale(): Promise<void> {
  const names = [...(await namesIn(cache)), ...(await namesIn(runs)).map((name) => `octavia-runs/${name}`)];
  for (const name of names) {
    const [, pid] = /^octavia-.*\.(\d+)$/.exec(name) ?? [];
    if (pid === undefined || (await exists(`/proc/${pid}`))) continue;
    await rm(join(cache, name), { recursive: true, force: true });
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

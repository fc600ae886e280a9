import { access, cp, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256OfText } from '@trencadis/ids';
import { execa } from 'execa';

export const cache = '/var/cache/trencadis';
export const runs = join(cache, 'openstack-runs');
export const bed = join(import.meta.dirname, 'bed');

/** `nova-compute-ironic` is the smallest that Debian takes for a hypervisor; the virt driver is Nova's own fake one. */
const packages = [
  'keystone',
  'glance-api',
  'placement-api',
  'nova-api',
  'nova-conductor',
  'nova-scheduler',
  'nova-compute',
  'nova-compute-ironic',
  'neutron-server',
  'cinder-api',
  'cinder-scheduler',
  'cinder-volume',
  'rabbitmq-server',
  'mariadb-server',
  'python3-pymysql',
  'uwsgi-plugin-python3',
  'curl',
  'iproute2',
  'procps',
];

/** A Debian 12 with OpenStack's packages (Zed), made once: two minutes and 1.7 GB. Answers its directory. */
export async function rootFilesystem(): Promise<string> {
  const place = join(cache, `openstack-${sha256OfText(packages.join(' ')).slice(0, 12)}`);
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

/**
 * The layer that the first start leaves over the root filesystem: configuration, databases with their schemas, accounts,
 * catalog, flavors, an image. Made once for the packages and the files of `bed/`, in a minute.
 */
export async function preparedLayer(root: string, run: (layer: string) => Promise<void>): Promise<string> {
  const files = (await readdir(bed)).toSorted();
  const texts = await Promise.all(files.map((name) => readFile(join(bed, name), 'utf8')));
  const place = join(cache, `openstack-prepared-${sha256OfText([root, ...texts].join('\0')).slice(0, 12)}`);
  return madeOnce(place, async (draft) => {
    const upper = join(draft, 'upper');
    const modules = join(upper, 'usr/lib/python3/dist-packages');
    await mkdir(join(upper, 'opt'), { recursive: true });
    await cp(bed, join(upper, 'opt/bed'), { recursive: true });
    for (const [name, within] of pythonModules) {
      await mkdir(join(modules, within), { recursive: true });
      await cp(join(bed, name), join(modules, within, name));
    }
    await run(draft);
  });
}

const pythonModules = [
  ['recording_driver.py', 'nova/virt'],
  ['recording_volumes.py', 'cinder/volume'],
] as const;

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
  const names = [...(await namesIn(cache)), ...(await namesIn(runs)).map((name) => `openstack-runs/${name}`)];
  for (const name of names) {
    const [, pid] = /^openstack-.*\.(\d+)$/.exec(name) ?? [];
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

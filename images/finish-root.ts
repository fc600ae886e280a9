import { glob, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** Of the build host, of one build, or to be made by each machine itself. */
const leftovers = [
  'etc/*-',
  'etc/.pwd.lock',
  'etc/apt/apt.conf.d/99mmdebstrap',
  'etc/apt/sources.list',
  'etc/apt/sources.list.d/*',
  'etc/dpkg/dpkg.cfg.d/99mmdebstrap',
  'etc/hostname',
  'etc/resolv.conf',
  'etc/ssh/ssh_host_*',
  'root/.*',
  'var/cache/debconf/*-old',
  'var/cache/ldconfig/*',
  'var/lib/apt/lists/*',
  'var/lib/dbus/machine-id',
  'var/lib/dpkg/*-old',
  'var/lib/systemd/catalog/database',
  'var/lib/systemd/random-seed',
];

/** Faster taken out at the end than excluded by dpkg, for which mmdebstrap filters each archive. */
const documentation = [
  'usr/share/doc',
  'usr/share/info',
  'usr/share/lintian',
  'usr/share/locale',
  'usr/share/man',
];

const emptied = ['boot', 'dev', 'proc', 'run', 'sys', 'tmp', 'var/backups', 'var/cache/apt', 'var/tmp'];

/**
 * Takes out of the tree what belongs to the host or to one moment, so that the same inputs give the same bytes. No apt
 * sources stay: images carry all their software and are rebuilt, not upgraded.
 */
export async function finishRoot(root: string, sourceDateEpoch: number): Promise<void> {
  for await (const path of glob(leftovers, { cwd: root })) await rm(join(root, path), { recursive: true });
  for (const folder of [...documentation, ...emptied]) await emptyFolder(join(root, folder));
  // Log folders stay with their owners; their files are written anew by each machine.
  await execa('find', [join(root, 'var/log'), '-type', 'f', '-delete']);
  // Empty, not absent: systemd makes a new one at boot without taking the machine for unconfigured (machine-id(5)).
  await writeFile(join(root, 'etc/machine-id'), '');
  await clampTimes(root, sourceDateEpoch);
}

/** Lets nothing in the tree be newer than that many seconds since 1970. */
export async function clampTimes(root: string, sourceDateEpoch: number): Promise<void> {
  const stamp = `@${String(sourceDateEpoch)}`;
  const touch = ['touch', '--no-dereference', `--date=${stamp}`];
  await execa('find', [root, '-newermt', stamp, '-exec', ...touch, '{}', '+']);
}

async function emptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const names = await readdir(folder);
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true })));
}

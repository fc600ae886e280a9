import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { readCgroupTrees } from '../cgroup.ts';
import { layoutOf } from '../layout.ts';
import { mountsUnder } from '../mounts.ts';

async function entries(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).map((name) => join(directory, name));
  } catch {
    // Where there is no such directory, there is nothing in it.
    return [];
  }
}

async function processesNaming(text: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const found = await Promise.all(
    ids.map(async (id) => {
      const words = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
      return words.includes(text) ? `process ${id}: ${words.replaceAll('\0', ' ').trim()}` : '';
    }),
  );
  return found.filter(Boolean);
}

/** Whatever a local VM manager on `directory` has left on this host: files, mounts, links, processes, groups, rules. */
export async function localLeftovers(directory: string): Promise<readonly string[]> {
  const { kernelPrefixes, machines, networks, disks, images } = layoutOf(directory);
  const prefixes = Object.values(kernelPrefixes);
  const isOurs = (name: string) => prefixes.some((prefix) => name.includes(prefix));
  const trees = await readCgroupTrees();
  const groups = await Promise.all(trees.map(({ mountPoint }) => entries(join(mountPoint, 'trencadis'))));
  const links = await execa('ip', ['-brief', 'link'], { reject: false });
  const tables = await execa('nft', ['list', 'tables'], { reject: false });
  const files = await Promise.all([machines, networks, disks, images].map(entries));
  const loops = await execa('losetup', ['--list', '--noheadings', '--output', 'BACK-FILE'], {
    reject: false,
  });
  return [
    ...files.flat().filter((path) => !path.includes('/.new')),
    ...(await mountsUnder(directory)).map((point) => `mount ${point}`),
    ...(links.stdout ?? '').split('\n').filter(isOurs),
    ...(tables.stdout ?? '').split('\n').filter(isOurs),
    ...(loops.stdout ?? '').split('\n').filter((path) => path.includes(directory)),
    ...(await entries('/run/netns')).filter(isOurs),
    ...(await entries('/run/systemd/nspawn/propagate')).filter(isOurs),
    ...groups.flat().filter(isOurs),
    ...(await processesNaming(directory)),
  ];
}

import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';
import type { MachineRecord } from './records.ts';
import type { MachineStep, Site } from './site.ts';

/** What is mounted at or below `directory` in this process's view, innermost last. */
export async function mountsUnder(directory: string): Promise<readonly string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  const points = table.split('\n').map((line) => line.split(' ')[4] ?? '');
  return points.filter((point) => point === directory || point.startsWith(`${directory}/`));
}

export const mountRoot: MachineStep = async ({ layout }, { spec }, signal) => {
  const { upper, work, root } = layout.machine(spec.name);
  const layers = `lowerdir=${spec.image.location},upperdir=${upper},workdir=${work}`;
  await run('mount', ['-t', 'overlay', 'trencadis', '-o', layers, root], { signal });
};

/** Adds the login's account to the machine, unless its image has it; its password stays locked. */
export const addLogin: MachineStep = async ({ layout }, { spec }, signal) => {
  const { root } = layout.machine(spec.name);
  const { user } = spec.login;
  const accounts = await readFile(join(root, 'etc/passwd'), 'utf8');
  if (accounts.split('\n').some((line) => line.startsWith(`${user}:`))) return;
  await run('useradd', ['--root', root, '--create-home', '--shell', '/bin/bash', user], { signal });
};

export const mountDisks: MachineStep = async (site, machine, signal) => {
  for (const { source, mountPoint } of diskMounts(site, machine)) {
    await mkdir(mountPoint, { recursive: true });
    await run('mount', ['-t', 'ext4', '-o', 'loop', source, mountPoint], { signal });
  }
};

/** Each attached disk: its file, where the host mounts it, and where the machine sees it. */
export function diskMounts({ layout }: Site, { spec }: MachineRecord) {
  const { disks } = layout.machine(spec.name);
  return spec.disks.map(({ disk, mountPath }) => ({
    source: layout.disk(disk).data,
    mountPoint: join(disks, disk),
    mountPath,
  }));
}

export async function unmountAll(directory: string, signal: AbortSignal): Promise<void> {
  for (const point of (await mountsUnder(directory)).toReversed()) await run('umount', [point], { signal });
}

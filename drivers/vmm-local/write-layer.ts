import { chmod, copyFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';
import { guestDirectories, guestFiles, maskedUnitPaths } from './guest-files.ts';
import { isMissing, readNetwork } from './records.ts';
import type { MachineStep } from './site.ts';

/**
 * Writes the machine's own files into its layer, before the layer is first mounted: there is no symbolic link of the
 * image yet that could lead out of it.
 */
export const writeLayer: MachineStep = async ({ layout }, machine) => {
  const { upper, work, root, disks } = layout.machine(machine.spec.name);
  for (const directory of [work, root, disks]) await mkdir(directory, { recursive: true, mode: 0o755 });
  await makeDirectory(upper, 0o755);
  for (const [path, mode] of Object.entries(guestDirectories(machine)))
    await makeDirectory(join(upper, path), mode);
  const networks = await Promise.all(
    machine.spec.interfaces.map(({ network }) => readNetwork(layout, network)),
  );
  const files = await guestFiles(
    machine,
    networks.some((network) => network?.kind === 'public'),
  );
  for (const [path, { content, mode }] of Object.entries(files)) {
    await writeFile(join(upper, path), content, { mode });
    await chmod(join(upper, path), mode);
  }
  for (const path of maskedUnitPaths(machine)) {
    await rm(join(upper, path), { force: true });
    await symlink('/dev/null', join(upper, path));
  }
};

/** Makes the machine's SSH host key once: the private part exists only in its layer, the public part outside of it. */
export const makeHostKey: MachineStep = async ({ layout }, { spec }, signal) => {
  const places = layout.machine(spec.name);
  if ((await readHostKey(places.hostKey)) !== undefined) return;
  const key = join(places.upper, 'etc/ssh/ssh_host_ed25519_key');
  await rm(key, { force: true });
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', spec.hostName, '-f', key], { signal });
  await copyFile(`${key}.pub`, `${places.hostKey}.new`);
  await rename(`${places.hostKey}.new`, places.hostKey);
};

/** `ssh-ed25519 AAAA...` without its comment; `undefined` before it was made. */
export async function readHostKey(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim().split(' ').slice(0, 2).join(' ');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function makeDirectory(path: string, mode: number): Promise<void> {
  await mkdir(path, { recursive: true });
  // mkdir's mode is cut by the umask.
  await chmod(path, mode);
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VmName } from '@trencadis/ids';
import { getDomain } from './domains.ts';
import type { Site } from './site.ts';
import { withDirectory } from './virsh.ts';
import { volumeNames } from './volume-names.ts';

const limitBytes = 64 * 1024;

/** Its serial port is a file in the pool, whose end libvirt hands over, from a remote host too. */
export async function readConsole(site: Site, name: VmName, signal: AbortSignal): Promise<string> {
  const { facts } = await getDomain(site, name, signal);
  const volume = volumeNames.vm(name, facts.attempt, 'console');
  const { pool, virsh } = site;
  const [info = ''] = await virsh.each([['vol-info', '--bytes', '--pool', pool.name, volume]], { signal });
  const size = Number(/Capacity:\s+(\d+)/.exec(info)?.[1] ?? 0);
  if (size === 0) return '';
  return withDirectory(async (directory) => {
    const file = join(directory, 'console');
    const range = ['--offset', String(Math.max(0, size - limitBytes)), '--length', String(limitBytes)];
    await virsh.read(['vol-download', '--pool', pool.name, volume, file, ...range], signal);
    const text = await readFile(file);
    // A guest writes what it likes: what is no UTF-8, and half a character at the beginning, is left out.
    return text.subarray(-limitBytes).toString('utf8').replaceAll('\u{FFFD}', '');
  });
}

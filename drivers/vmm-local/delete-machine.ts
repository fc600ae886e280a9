import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { VmName } from '@trencadis/ids';
import { powerOff, tearDown } from './power.ts';
import { readMachine } from './records.ts';
import type { Site } from './site.ts';

/**
 * Removes the machine from any state. One with disks is powered off cleanly first, so that they are consistent; others
 * are killed. The record goes last: as long as anything is left, the machine is listed.
 */
export async function deleteMachine(site: Site, name: VmName, signal: AbortSignal): Promise<void> {
  const machine = await readMachine(site.layout, name);
  const { directory, record } = site.layout.machine(name);
  if (machine !== undefined) {
    const end = machine.spec.disks.length > 0 ? powerOff : tearDown;
    await end(site, machine, signal);
    for (const entry of await readdir(directory)) {
      if (entry !== basename(record)) await rm(join(directory, entry), { recursive: true, force: true });
    }
  }
  await rm(directory, { recursive: true, force: true });
}

import { isPlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import type { OneVm } from './one-vm.ts';
import { type Site, settled } from './site.ts';
import { lcmState, stateName, vmState } from './vm-states.ts';
import { findVmById, ownVms } from './vm-pool.ts';

/** Of that name all, if a race has left several. */
export async function deleteVm(site: Site, name: VmName, signal: AbortSignal): Promise<void> {
  const vms = (await ownVms(site, signal)).filter((vm) => vm.name === name);
  for (const vm of vms) await terminate(site, vm, signal);
}

/** On its way out already: what is asked for would be refused. */
const leaving: ReadonlySet<number> = new Set([lcmState.SHUTDOWN, lcmState.EPILOG, lcmState.CLEANUP_DELETE]);

/**
 * Until it is gone, and with it its root disk and its addresses; persistent disks stay. While something is done to it
 * (its disks are copied, it boots) OpenNebula refuses: it is asked again when the state has changed.
 */
export async function terminate(site: Site, { id, name }: OneVm, signal: AbortSignal): Promise<void> {
  let refusedIn: string | undefined;
  await settled(site, { what: 'VM', name, signal }, async (note) => {
    const vm = await findVmById(site, id, signal);
    if (vm === undefined) return true;
    note(stateName(vm));
    const isLeaving = vm.state === vmState.ACTIVE && leaving.has(vm.lcm);
    if (isLeaving || stateName(vm) === refusedIn) return undefined;
    refusedIn = (await isRefused(site, id, signal)) ? stateName(vm) : undefined;
    return undefined;
  });
}

async function isRefused({ oned }: Site, id: number, signal: AbortSignal): Promise<boolean> {
  try {
    await oned.id('one.vm.action', ['terminate-hard', id], signal);
    return false;
  } catch (error) {
    if (isPlatformError(error, 'conflict')) return true;
    if (isPlatformError(error, 'not-found')) return false;
    throw error;
  }
}

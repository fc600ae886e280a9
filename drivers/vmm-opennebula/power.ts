import { PlatformError, isPlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import { mark } from './marks.ts';
import type { OneVm } from './one-vm.ts';
import { type Site, settled } from './site.ts';
import { templateText } from './template-text.ts';
import { lcmState, stateName, statusOf, vmState } from './vm-states.ts';
import { findVmById, getVm, vanished } from './vm-pool.ts';
import { textOf } from './xml-read.ts';

type Action = 'poweroff' | 'poweroff-hard' | 'resume' | 'release' | 'hold' | 'reboot' | 'terminate-hard';

const isRunning = ({ state, lcm }: OneVm): boolean => state === vmState.ACTIVE && lcm === lcmState.RUNNING;
const isOff = ({ state }: OneVm): boolean =>
  state === vmState.POWEROFF ||
  state === vmState.HOLD ||
  state === vmState.SUSPENDED ||
  state === vmState.STOPPED ||
  state === vmState.UNDEPLOYED;
/** Its hypervisor lost it: it may be started and cut off. */
const isLost = ({ state, lcm }: OneVm): boolean => state === vmState.ACTIVE && lcm === lcmState.UNKNOWN;

/**
 * The VM at rest: off, running, or failed, none of which changes by itself. A failed one that does not start again by
 * itself is told: `conflict`.
 */
async function atRest(site: Site, { id, name }: OneVm, signal: AbortSignal): Promise<OneVm> {
  return settled(site, { what: 'VM', name, signal }, async (note) => {
    const vm = await seen(site, { id, name }, signal);
    note(stateName(vm));
    if (isRunning(vm) || isOff(vm) || isLost(vm)) return vm;
    if (statusOf(vm) !== 'failed') return undefined;
    const message = `The VM ${name} has failed at OpenNebula (${stateName(vm)}): delete it and create it again.`;
    throw new PlatformError('conflict', message, { subject: name });
  });
}

async function seen(
  site: Site,
  { id, name }: Pick<OneVm, 'id' | 'name'>,
  signal: AbortSignal,
): Promise<OneVm> {
  const vm = await findVmById(site, id, signal);
  if (vm === undefined) throw vanished(name);
  return vm;
}

/** Somebody may have done the same meanwhile: then OpenNebula refuses for the state, which is looked at again. */
async function act(
  { oned }: Site,
  action: Action,
  { vm, signal }: { vm: OneVm; signal: AbortSignal },
): Promise<void> {
  try {
    await oned.id('one.vm.action', [action, vm.id], signal);
  } catch (error) {
    if (!isPlatformError(error, 'conflict')) throw error;
  }
}

export async function startVm(site: Site, name: VmName, signal: AbortSignal): Promise<void> {
  const vm = await getVm(site, name, signal);
  await noteResuming(site, { vm, resumes: false }, signal);
  if (statusOf(vm) === 'creating') return;
  const rested = await atRest(site, vm, signal);
  if (!isRunning(rested)) await turnOn(site, rested, signal);
}

/** Returns when it begins to start. */
async function turnOn(site: Site, { id, name }: OneVm, signal: AbortSignal): Promise<void> {
  await settled(site, { what: 'VM', name, signal }, async (note) => {
    const vm = await seen(site, { id, name }, signal);
    note(stateName(vm));
    if (!isOff(vm) && !isLost(vm)) return true;
    await act(site, vm.state === vmState.HOLD ? 'release' : 'resume', { vm, signal });
    return undefined;
  });
}

export async function stopVm(site: Site, name: VmName, signal: AbortSignal): Promise<void> {
  const vm = await getVm(site, name, signal);
  await noteResuming(site, { vm, resumes: false }, signal);
  await turnOff(site, vm, signal);
}

/**
 * Until it is off. The guest is asked first, and cut off when it has not gone in time. One that has no host yet is
 * held.
 */
export async function turnOff(site: Site, { id, name }: OneVm, signal: AbortSignal): Promise<OneVm> {
  const { clock, timing } = site;
  let askedAt: number | undefined;
  return settled(site, { what: 'VM', name, signal }, async (note) => {
    const vm = await seen(site, { id, name }, signal);
    note(stateName(vm));
    if (isOff(vm)) return vm;
    const now = clock.now().getTime();
    const isLate = askedAt !== undefined && now - askedAt > timing.stopMs;
    const action = offAction(vm, isLate);
    if (action === 'poweroff') askedAt ??= now;
    // Cutting off takes a while too: it is not begun anew at every look.
    if (action === 'poweroff-hard') askedAt = now;
    if (action !== undefined) await act(site, action, { vm, signal });
    return undefined;
  });
}

function offAction(vm: OneVm, isLate: boolean): Action | undefined {
  if (vm.state === vmState.PENDING) return 'hold';
  if (isLost(vm)) return 'poweroff-hard';
  if (isRunning(vm)) return isLate ? 'poweroff-hard' : 'poweroff';
  const isGoing = vm.state === vmState.ACTIVE && vm.lcm === lcmState.SHUTDOWN_POWEROFF;
  return isGoing && isLate ? 'poweroff-hard' : undefined;
}

export async function rebootVm(site: Site, name: VmName, signal: AbortSignal): Promise<void> {
  const vm = await getVm(site, name, signal);
  await noteResuming(site, { vm, resumes: false }, signal);
  const rested = await atRest(site, vm, signal);
  if (isRunning(rested)) await act(site, 'reboot', { vm: rested, signal });
  else await turnOn(site, rested, signal);
}

/**
 * Whether a VM is off only until a change of ours is done: noted on the VM, so that a change that was cut off is
 * finished with the VM running again.
 */
export async function noteResuming(
  { oned }: Site,
  { vm, resumes }: { readonly vm: OneVm; readonly resumes: boolean },
  signal: AbortSignal,
): Promise<void> {
  if (isToResume(vm) === resumes) return;
  const merging = 1;
  const note = templateText({ [mark.resumes]: resumes ? 'YES' : 'NO' });
  await oned.id('one.vm.update', [vm.id, note, merging], signal);
}

export function isToResume({ notes }: OneVm): boolean {
  return textOf(notes, mark.resumes) === 'YES';
}

/** Runs again after a change for which it was turned off. */
export async function turnBackOn(site: Site, vm: OneVm, signal: AbortSignal): Promise<void> {
  await turnOn(site, vm, signal);
  await noteResuming(site, { vm: await seen(site, vm, signal), resumes: false }, signal);
}

export { atRest, isRunning, seen };

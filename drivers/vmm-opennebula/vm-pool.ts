import { PlatformError, isPlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import { heldByOther, notFound } from './errors.ts';
import { type OneVm, readVm } from './one-vm.ts';
import { type Site, noLimit, own } from './site.ts';
import { childrenOf, textOf } from './xml-read.ts';
import type { XmlElement } from './xml-tree.ts';

/** STATE of the filter: all but DONE. */
const notDone = -1;

/**
 * All VMs of this user, in one call. Its own text search (the sixth argument) is not used: it needs MySQL, and newer
 * versions read it otherwise.
 */
export async function ownVmElements({ oned }: Site, signal: AbortSignal): Promise<readonly XmlElement[]> {
  const pool = await oned.document('one.vmpool.infoextended', [own, noLimit, noLimit, notDone], signal);
  return childrenOf(pool, 'VM');
}

export async function ownVms(site: Site, signal: AbortSignal): Promise<readonly OneVm[]> {
  const elements = await ownVmElements(site, signal);
  return elements.flatMap((element) => readVm(element) ?? []).toSorted((one, other) => one.id - other.id);
}

/**
 * The number under which a VM was seen last, by name: a hint that spares the whole pool, and is checked each time it
 * is used. What is true of a VM is at OpenNebula.
 */
const hints = new WeakMap<Site, Map<VmName, number>>();
const maxHints = 10_000;

function hintsOf(site: Site): Map<VmName, number> {
  const known = hints.get(site) ?? new Map<VmName, number>();
  hints.set(site, known);
  if (known.size > maxHints) known.clear();
  return known;
}

/** The VM of that name; of several, which a race of two processes leaves, the oldest. */
export async function findVm(site: Site, name: VmName, signal: AbortSignal): Promise<OneVm | undefined> {
  const id = hintsOf(site).get(name);
  const hinted = id === undefined ? undefined : await findVmById(site, id, signal);
  if (hinted?.name === name) return hinted;
  hintsOf(site).delete(name);
  const vms = await ownVms(site, signal);
  return remembered(
    site,
    vms.find((vm) => vm.name === name),
  );
}

export function remembered(site: Site, vm: OneVm | undefined): OneVm | undefined {
  if (vm !== undefined) hintsOf(site).set(vm.name, vm.id);
  return vm;
}

export async function getVm(site: Site, name: VmName, signal: AbortSignal): Promise<OneVm> {
  const vm = await findVm(site, name, signal);
  if (vm === undefined) throw notFound('VM', name);
  return vm;
}

export async function findVmById(site: Site, id: number, signal: AbortSignal): Promise<OneVm | undefined> {
  try {
    return readVm(await site.oned.document('one.vm.info', [id], signal));
  } catch (error) {
    if (isPlatformError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** Throws `conflict` where a VM has this name that is not of this platform. */
export function refuseForeign(elements: readonly XmlElement[], name: VmName): void {
  const foreign = elements.find(
    (element) => textOf(element, 'NAME') === name && readVm(element) === undefined,
  );
  if (foreign !== undefined) throw heldByOther('VM', name, undefined);
}

/** What changed it meanwhile: somebody at OpenNebula, or another process. */
export function vanished(name: string): PlatformError {
  return new PlatformError('not-found', `The VM ${name} was deleted at OpenNebula meanwhile.`, {
    subject: name,
  });
}

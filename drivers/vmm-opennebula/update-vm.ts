import type { Vm, VmDisk, VmSpec } from '@trencadis/vmm';
import { checkSpec } from './check-spec.ts';
import { heldByOther, unsupported } from './errors.ts';
import { type OwnedImage, ownImages, ownedOf } from './one-image.ts';
import { type OneDisk, type OneVm, capacityOf, disksOf, imageOf, toVm } from './one-vm.ts';
import { atRest, isRunning, isToResume, noteResuming, seen, turnBackOn, turnOff } from './power.ts';
import { type Site, settled } from './site.ts';
import { templateText } from './template-text.ts';
import { stateName } from './vm-states.ts';
import { capacity, diskVector, freeDisk } from './vm-template.ts';
import { getVm } from './vm-pool.ts';

/**
 * In place: disks while it runs, another size while it is off. Every step looks at what is there, so that a change that
 * was cut off is finished by asking again.
 */
export async function updateVm(site: Site, spec: VmSpec, signal: AbortSignal): Promise<Vm> {
  checkSpec(spec);
  const vm = await getVm(site, spec.name, signal);
  if (vm.tag !== spec.tag) throw heldByOther('VM', spec.name, vm.tag);
  refuseOthers(site, vm, spec);
  const arriving = await arrivingDisks(site, { vm, spec }, signal);
  const rested = await atRest(site, vm, signal);
  const resized = await resize(site, { vm: rested, spec }, signal);
  await detach(site, { vm: resized, spec }, signal);
  for (const each of arriving) await attach(site, { vm: resized, ...each }, signal);
  const done = await seen(site, resized, signal);
  if (isToResume(done)) await turnBackOn(site, done, signal);
  return toVm(site, await seen(site, done, signal));
}

function refuseOthers(site: Site, vm: OneVm, spec: VmSpec): void {
  const image = imageOf(vm);
  if (image.location !== spec.image.location || image.digest !== spec.image.digest) {
    throw unsupported('VM', spec.name, 'it keeps the image that it was made from');
  }
  const { addresses } = toVm(site, vm);
  const isSame =
    addresses.length === spec.interfaces.length &&
    addresses.every(({ network, address }, index) => {
      const wanted = spec.interfaces[index];
      return wanted?.network === network && (wanted.address ?? address) === address;
    });
  if (!isSame) throw unsupported('VM', spec.name, 'it keeps its networks and addresses');
}

interface Change {
  readonly vm: OneVm;
  readonly spec: VmSpec;
}

/** OpenNebula can only give another size to what is off, but for some hypervisors. */
async function resize(site: Site, { vm, spec }: Change, signal: AbortSignal): Promise<OneVm> {
  const { cpuCount, memoryMiB } = capacityOf(vm);
  if (cpuCount === spec.cpuCount && memoryMiB === spec.memoryMiB) return vm;
  if (isRunning(vm)) await noteResuming(site, { vm, resumes: true }, signal);
  const off = await turnOff(site, vm, signal);
  const keepsToHost = true;
  await site.oned.id('one.vm.resize', [vm.id, templateText(capacity(site, spec)), keepsToHost], signal);
  return off;
}

interface Arriving {
  readonly image: OwnedImage;
  readonly wanted: VmDisk;
}

/** Looked for before anything is changed. */
async function arrivingDisks(
  site: Site,
  { vm, spec }: Change,
  signal: AbortSignal,
): Promise<readonly Arriving[]> {
  const attached = new Set(disksOf(vm).map(({ disk }) => disk));
  const missing = spec.disks.filter(({ disk }) => !attached.has(disk));
  if (missing.length === 0) return [];
  const owned = ownedOf(await ownImages(site, signal), 'disk');
  return missing.map((wanted) => ({ image: freeDisk(owned, wanted.disk), wanted }));
}

async function detach(site: Site, { vm, spec }: Change, signal: AbortSignal): Promise<void> {
  const wanted = new Set(spec.disks.map(({ disk }) => disk));
  for (const leaving of disksOf(vm).filter(({ disk }) => !wanted.has(disk))) {
    await site.oned.id('one.vm.detach', [vm.id, leaving.diskId], signal);
    await changed(
      site,
      { vm, isDone: (disks) => disks.every(({ diskId }) => diskId !== leaving.diskId) },
      signal,
    );
  }
}

async function attach(
  site: Site,
  { vm, image, wanted }: Arriving & { readonly vm: OneVm },
  signal: AbortSignal,
) {
  const template = templateText({ DISK: diskVector(image, wanted.mountPath) });
  await site.oned.id('one.vm.attach', [vm.id, template], signal);
  await changed(site, { vm, isDone: (disks) => disks.some(({ disk }) => disk === wanted.disk) }, signal);
}

interface Expected {
  readonly vm: OneVm;
  readonly isDone: (disks: readonly OneDisk[]) => boolean;
}

/** It goes back to the state that it had; a failed attempt leaves the disks as they were. */
async function changed(site: Site, { vm, isDone }: Expected, signal: AbortSignal): Promise<void> {
  await settled(site, { what: 'VM', name: vm.name, signal }, async (note) => {
    const now = await atRest(site, vm, signal);
    note(`${stateName(now)}, its disks not changed`);
    return isDone(disksOf(now)) ? true : undefined;
  });
}

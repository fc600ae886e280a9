import { PlatformError } from '@trencadis/errors';
import type { DiskName, VmName } from '@trencadis/ids';
import type { InfrastructureCaller } from './access.ts';
import type { PersistentDisk } from './persistent-disk-store.ts';
import { findResidents } from './residents.ts';
import { persistentTag } from './resource-names.ts';
import type { StepWorld } from './step-world.ts';

export interface ListedDisk extends PersistentDisk {
  /** `unknown`: its VM manager does not answer. */
  readonly status: 'there' | 'gone' | 'unknown';
  readonly attachedTo?: VmName;
}

type World = Pick<StepWorld, 'store' | 'vmms'>;

/** The caller's disks that outlive infrastructures; everybody's for an admin. */
export async function listPersistentDisks(
  world: World,
  caller: InfrastructureCaller,
  signal: AbortSignal,
): Promise<readonly ListedDisk[]> {
  const disks = await world.store.listPersistentDisks(caller.isAdmin ? undefined : caller.owner);
  const keys = [...new Set(disks.map(({ vmm }) => vmm))];
  const present = new Map(
    await Promise.all(keys.map(async (vmm) => [vmm, await disksAt(world, vmm, signal)] as const)),
  );
  return Promise.all(
    disks.map(async (disk) => {
      const there = present.get(disk.vmm);
      const attachedTo = there?.has(disk.name) === true ? await holderOf(world, disk, signal) : undefined;
      const status = there === undefined ? 'unknown' : there.has(disk.name) ? 'there' : 'gone';
      return { ...disk, status, ...(attachedTo === undefined ? {} : { attachedTo }) };
    }),
  );
}

/** Deletes it with all its data. Attached to a VM: `conflict`. Not the caller's: `not-found`. */
export async function removePersistentDisk(
  world: World,
  {
    vmm,
    name,
    caller,
  }: { readonly vmm: string; readonly name: DiskName; readonly caller: InfrastructureCaller },
  signal: AbortSignal,
): Promise<void> {
  const own = await world.store.listPersistentDisks(caller.isAdmin ? undefined : caller.owner);
  const disk = own.find((each) => each.vmm === vmm && each.name === name);
  if (disk === undefined)
    throw new PlatformError('not-found', `You have no persistent disk ${name} at '${vmm}'.`, {
      subject: name,
    });
  const holder = await holderOf(world, disk, signal);
  if (holder !== undefined) {
    const message = `Disk ${name} is attached to ${holder}: destroy '${disk.infrastructureName}' first, or take the disk out of its document.`;
    throw new PlatformError('conflict', message, { subject: name });
  }
  const driver = await world.vmms.open(vmm);
  await driver.disks.deleteDisk(name, signal);
  await world.store.forgetPersistentDisk(vmm, name);
}

/** `undefined` when the VM manager cannot be asked. */
async function disksAt(
  { vmms }: World,
  vmm: string,
  signal: AbortSignal,
): Promise<ReadonlySet<DiskName> | undefined> {
  try {
    const driver = await vmms.open(vmm);
    return new Set((await driver.disks.listDisks(persistentTag, signal)).map(({ name }) => name));
  } catch (error) {
    if (error instanceof PlatformError && error.code !== 'internal') return undefined;
    throw error;
  }
}

async function holderOf(
  world: World,
  { vmm, name, owner, infrastructureName }: PersistentDisk,
  signal: AbortSignal,
): Promise<VmName | undefined> {
  const infrastructure = await world.store.findByName(owner, infrastructureName);
  if (infrastructure === undefined) return undefined;
  const residents = await findResidents(world, infrastructure, signal);
  const holder = residents.find(({ vm }) => vm.vmm === vmm && vm.disks.some(({ disk }) => disk === name));
  return holder?.vm.name;
}

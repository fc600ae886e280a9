import type { RemoteShell } from '@trencadis/contextualization';
import {
  type ObservedVm,
  type ReconcilerParts,
  type VmShells,
  exporterPassword,
  outsideAddress,
} from '@trencadis/infrastructure/services';
import type { ScrapeTarget } from '@trencadis/monitoring';
import type { Group } from '../fleet.ts';

export interface WayToReplica {
  readonly target: ScrapeTarget;
  /** Where this process does not reach it. */
  readonly shell?: RemoteShell;
}

interface Around {
  readonly world: ReconcilerParts['world'];
  readonly shells: VmShells;
}

/** Directly where SSH goes directly too; else through the VM's shell. */
export async function wayToReplica(
  { world, shells }: Around,
  { group, vm }: { readonly group: Group; readonly vm: ObservedVm },
  signal: AbortSignal,
): Promise<WayToReplica | undefined> {
  const { infrastructureId } = group;
  const { name, cpuCount, memoryMiB, vmm } = vm;
  const address = outsideAddress(vm);
  if (address === undefined) return undefined;
  const { certificatePem: authorityPem } = await world.vault.authority(infrastructureId);
  const password = await exporterPassword(world.vault, infrastructureId);
  const target = { vm: name, address, authorityPem, password, cpuCount, memoryMiB };
  const isDirect = vm.ssh !== undefined && vm.addresses.some((each) => each.address === vm.ssh?.host);
  if (isDirect) return { target };
  const shell = await shells.get({ infrastructureId, vmm, name }, signal);
  const own = vm.addresses[0]?.address ?? address;
  return { target: { ...target, address: own }, shell };
}

import type { DiskName, InfrastructureId, Tag } from '@trencadis/ids';
import type { VmmDriver } from '@trencadis/vmm';
import type { ObservedInfrastructure } from './model.ts';
import { persistentTag } from './resource-names.ts';
import type { InfrastructureStore } from './store.ts';

/** What the VM manager answers now, plus which configuration each VM was last brought to. */
export async function observe(
  { vmm, store }: { readonly vmm: VmmDriver; readonly store: Pick<InfrastructureStore, 'configuredDigests'> },
  target: { readonly id: InfrastructureId; readonly tag: Tag; readonly persistentDisks: readonly DiskName[] },
  signal: AbortSignal,
): Promise<ObservedInfrastructure> {
  const { networks, disks } = vmm.capabilities;
  const [vms, ownNetworks, ownDisks, persistent, configured] = await Promise.all([
    vmm.listVms(target.tag, signal),
    networks ? vmm.networks.listNetworks(target.tag, signal) : [],
    disks ? vmm.disks.listDisks(target.tag, signal) : [],
    disks && target.persistentDisks.length > 0 ? vmm.disks.listDisks(persistentTag, signal) : [],
    store.configuredDigests(target.id),
  ]);
  return {
    vms,
    networks: ownNetworks,
    disks: [...ownDisks, ...persistent.filter((disk) => target.persistentDisks.includes(disk.name))],
    configured,
  };
}

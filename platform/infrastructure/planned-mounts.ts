import type { InfrastructureId } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import type { MountRun } from './decide-mounts.ts';
import type { DesiredMount, DesiredVm } from './model.ts';
import { type After, placeOf, wayTo } from './planned-steps.ts';
import type { MountDisksArgs } from './step-arguments.ts';

/** Mounts and unmounts, once the VM answers. */
export function mountDisksStep(
  id: InfrastructureId,
  { vm, staying, previous }: MountRun,
  after: After,
): PlannedStep {
  const before = staying ?? previous;
  const { mounts = [] } = vm;
  const what = mounts.length === 0 ? 'forget the disks' : `mount ${countOf(mounts)}`;
  return {
    ...mountStep(id, vm, { disks: mounts, ...(before ? { previous: before } : {}) }),
    id: `mount-disks:${placeOf(vm)}`,
    title: `${what} of ${vm.spec.name}`,
    after,
  };
}

/** Before they are taken away. */
export function unmountDisksStep(
  id: InfrastructureId,
  vm: DesiredVm,
  {
    staying,
    previous,
  }: { readonly staying: readonly DesiredMount[]; readonly previous: readonly DesiredMount[] },
): PlannedStep {
  const leaving = previous.filter((each) => !staying.includes(each));
  return {
    ...mountStep(id, vm, { disks: staying, previous }),
    id: `unmount-disks:${placeOf(vm)}`,
    title: `unmount ${countOf(leaving)} of ${vm.spec.name}`,
    after: [],
  };
}

function mountStep(
  infrastructureId: InfrastructureId,
  vm: DesiredVm,
  mounts: Pick<MountDisksArgs, 'disks' | 'previous'>,
) {
  const args: MountDisksArgs = { infrastructureId, vmm: vm.vmm, name: vm.spec.name, ...wayTo(vm), ...mounts };
  return { kind: 'mount-disks@1', args };
}

function countOf(mounts: readonly DesiredMount[]): string {
  const paths = mounts.map(({ mountPath, fsType }) => (fsType === 'swap' ? 'swap' : mountPath)).join(', ');
  return `${mounts.length === 1 ? 'disk' : 'disks'} ${paths}`;
}

import type { Sha256 } from '@trencadis/ids';
import type { Hash } from './configuration-key.ts';
import type { DecidedVm } from './decide-changes.ts';
import type { ConfiguredKeys, DesiredMount, DesiredVm, ObservedVm } from './model.ts';

/** By what is kept which disks the platform has mounted in a VM. */
export const mountStage = 'disks';

/** Of all disks that are mounted; `undefined`: none. */
export function mountKey(mounts: readonly DesiredMount[], hash: Hash): Sha256 | undefined {
  if (mounts.length === 0) return undefined;
  return hash(mounts.map(({ disk, mountPath }) => [disk, mountPath]));
}

/** Disks to mount in one VM once it answers. */
export interface MountRun {
  readonly vm: DesiredVm;
  /** Of a VM that runs and loses some: those that stay, the others being unmounted before they are taken away. */
  readonly staying?: readonly DesiredMount[];
  /** What was mounted before; absent: not known, or the VM is new. */
  readonly previous?: readonly DesiredMount[];
}

/** In which VMs disks are to be mounted or unmounted, by name. Nothing where VM managers do that. */
export function decideMounts(
  decided: readonly DecidedVm[],
  { configured, hash }: { readonly configured: ConfiguredKeys; readonly hash: Hash },
): ReadonlyMap<string, MountRun> {
  const runs = decided.flatMap((each): MountRun[] => {
    const { vm, change } = each;
    if (vm.mounts === undefined || vm.isStopped) return [];
    const wanted = mountKey(vm.mounts, hash);
    const isNew = change === 'create' || change === 'replace';
    const done = isNew ? undefined : configured[vm.spec.name]?.[mountStage];
    if (wanted === done) return [];
    return [{ vm, ...(change === 'update' ? updateOf(vm.mounts, each.observed) : {}) }];
  });
  return new Map(runs.map((run) => [run.vm.spec.name, run]));
}

function updateOf(wanted: readonly DesiredMount[], observed: ObservedVm | undefined): Partial<MountRun> {
  if (observed === undefined) return {};
  const known = new Map(wanted.map(({ disk, fsType }) => [disk, fsType]));
  const previous = observed.disks.map((each) => ({ ...each, fsType: known.get(each.disk) ?? 'ext4' }));
  const places = new Set(wanted.map(placeOfMount));
  const staying = previous.filter((each) => places.has(placeOfMount(each)));
  const losesSome = observed.status === 'running' && staying.length < previous.length;
  return { previous, ...(losesSome ? { staying } : {}) };
}

function placeOfMount({ disk, mountPath }: DesiredMount): string {
  return `${disk} ${mountPath}`;
}

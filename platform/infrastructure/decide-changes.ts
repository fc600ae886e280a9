import { userDataStage } from './configuration-key.ts';
import type { DesiredInfrastructure, DesiredVm, ObservedInfrastructure, ObservedVm } from './model.ts';

/** How a VM that is there differs from the one that is asked for. */
export type VmDifference = 'image' | 'interfaces' | 'zone' | 'size' | 'disks' | 'user-data';

/** `none`: leave it. `update`: in place. `replace`: delete it and make it again. */
export type VmChange = 'none' | 'create' | 'start' | 'stop' | 'update' | 'replace';

export interface DecidedVm {
  readonly vm: DesiredVm;
  readonly observed?: ObservedVm;
  readonly change: VmChange;
  /** Of those, what an update changes or a replacement mends. */
  readonly differences: readonly VmDifference[];
  /** An update of a VM that runs ends in a reboot. */
  readonly isRestarted: boolean;
  /** It is made anew although nothing differs. */
  readonly isForced?: boolean;
}

/** What has to happen to each VM that is asked for. */
export function decideChanges(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure,
): readonly DecidedVm[] {
  const there = new Map(observed.vms.map((vm) => [placeOf(vm), vm]));
  return desired.vms.map((vm) => {
    const present = there.get(placeOf({ vmm: vm.vmm, name: vm.spec.name }));
    if (present === undefined)
      return { vm, change: vm.isStopped ? 'none' : 'create', differences: [], isRestarted: false };
    const differences = [...differencesOf(vm, present), ...userDataDifference(vm, observed)];
    const change = changeOf(vm, present, { differences, observed });
    const isRestarted = change === 'update' && isRestartedFor(differences, observed.updates[vm.vmm]);
    return { vm, observed: present, differences, change, isRestarted };
  });
}

/** The same name may be at two VM managers for a while: one leaves, one comes. */
export function placeOf({ vmm, name }: { readonly vmm: string; readonly name: string }): string {
  return `${vmm} ${name}`;
}

function changeOf(
  { isStopped, vmm }: DesiredVm,
  present: ObservedVm,
  {
    differences,
    observed,
  }: { readonly differences: readonly VmDifference[]; readonly observed: ObservedInfrastructure },
): VmChange {
  if (isStopped) return present.status === 'stopped' ? 'none' : 'stop';
  if (present.status === 'creating') return differences.length > 0 ? 'replace' : 'create';
  if (present.status === 'failed') return 'replace';
  if (differences.length === 0) return present.status === 'stopped' ? 'start' : 'none';
  const ways = observed.updates[vmm] ?? { size: false, disks: false };
  const canUpdate = differences.every(
    (each) => (each === 'size' || each === 'disks') && ways[each] !== false,
  );
  return canUpdate ? 'update' : 'replace';
}

function isRestartedFor(
  differences: readonly VmDifference[],
  ways: ObservedInfrastructure['updates'][string] | undefined,
): boolean {
  return differences.some((each) => (each === 'size' || each === 'disks') && ways?.[each] === 'restart');
}

/** Why a VM is made again, in words. */
export function whyReplaced({ observed, differences, isForced }: DecidedVm): string {
  if (isForced) return 'it is not well';
  if (observed?.status === 'failed') return 'it has failed';
  return differences.map((each) => replacementWords[each]).join(', ') || 'it was begun as another';
}

const replacementWords: Readonly<Record<VmDifference, string>> = {
  image: 'another image',
  interfaces: 'other networks',
  zone: 'another zone',
  size: 'another size',
  disks: 'other disks',
  'user-data': 'another cloud-init recipe',
};

/** Of one that is being created, only the first addresses may be there. */
export function differencesOf({ spec }: Pick<DesiredVm, 'spec'>, vm: ObservedVm): readonly VmDifference[] {
  const isWhole = vm.status !== 'creating';
  const areInterfacesOther =
    vm.addresses.some((address, index) => isOtherInterface(spec.interfaces[index], address)) ||
    (isWhole && spec.interfaces.length !== vm.addresses.length);
  return [
    ...(spec.image.digest === vm.image.digest ? [] : (['image'] as const)),
    ...(areInterfacesOther ? (['interfaces'] as const) : []),
    ...(isOther(spec.zone, vm.zone) ? (['zone'] as const) : []),
    ...(isOtherSize(spec, vm) ? (['size'] as const) : []),
    ...(diskList(spec.disks) === diskList(vm.disks) ? [] : (['disks'] as const)),
  ];
}

function isOtherInterface(
  asked: DesiredVm['spec']['interfaces'][number] | undefined,
  { network, address }: ObservedVm['addresses'][number],
): boolean {
  return network !== asked?.network || isOther(asked.address, address);
}

function isOtherSize({ cpuCount, memoryMiB, instanceType }: DesiredVm['spec'], vm: ObservedVm): boolean {
  return cpuCount !== vm.cpuCount || memoryMiB !== vm.memoryMiB || isOther(instanceType, vm.instanceType);
}

/** What is not asked for, or not told, is no difference. */
function isOther(asked: string | undefined, present: string | undefined): boolean {
  return asked !== undefined && present !== undefined && asked !== present;
}

/** A VM whose recipe left the document stays: what the recipe did is not taken back. */
function userDataDifference(
  { spec, userDataDigest }: DesiredVm,
  { configured }: ObservedInfrastructure,
): readonly VmDifference[] {
  if (userDataDigest === undefined) return [];
  return configured[spec.name]?.[userDataStage] === userDataDigest ? [] : ['user-data'];
}

function diskList(disks: ObservedVm['disks']): string {
  return disks.map(({ disk, mountPath }) => `${disk} ${mountPath}`).join('\n');
}

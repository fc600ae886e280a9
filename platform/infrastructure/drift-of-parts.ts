import type { DiskName, NetworkName } from '@trencadis/ids';
import type { DecidedVm } from './decide-changes.ts';
import { decidePorts, wordsOf } from './decide-ports.ts';
import type { Finding } from './drift.ts';
import type { DesiredInfrastructure, DesiredVm, ObservedInfrastructure, ObservedVm } from './model.ts';
import { leavingsOf, missing } from './plan-removal.ts';

interface Around {
  readonly decided: readonly DecidedVm[];
  /** VMs that the platform brings back by itself. */
  readonly repaired: readonly DesiredVm[];
}

/** Networks and disks that are gone or changed, and whatever no document asks for. */
export function partsDrift(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  { decided, repaired }: Around,
): readonly Finding[] {
  const used = new Set(
    repaired.flatMap((vm) => partsOf(vm).map((subject) => placeOfDrift({ vmm: vm.vmm, subject }))),
  );
  return [
    ...partsGone(desired, observed, used),
    ...otherPorts(desired, observed, used),
    ...unknownThings(desired, observed, decided),
  ];
}

export function placeOfDrift({ vmm, subject }: { readonly vmm: string; readonly subject: string }): string {
  return `${vmm} ${subject}`;
}

/** The disks and networks that it has, or needs to be on. */
export function partsOf({
  isStopped,
  spec: { disks, interfaces },
}: DesiredVm): readonly (DiskName | NetworkName)[] {
  return [...disks.map(({ disk }) => disk), ...(isStopped ? [] : interfaces.map(({ network }) => network))];
}

function partsGone(
  { networks, disks }: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  used: ReadonlySet<string>,
): readonly Finding[] {
  const gone = (kind: 'network-gone' | 'disk-gone', expected: string, place: Place): Finding => {
    const at = { vmm: place.vmm, subject: place.name };
    return { ...at, kind, expected, observed: 'none of that name', isRepaired: used.has(placeOfDrift(at)) };
  };
  return [
    ...missing(networks, observed.networks).map((each) =>
      gone('network-gone', `a ${each.kind} network`, each),
    ),
    ...missing(disks, observed.disks).map((each) => gone('disk-gone', `a disk of ${each.sizeGiB} GiB`, each)),
  ];
}

function otherPorts(
  { networks }: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  used: ReadonlySet<string>,
): readonly Finding[] {
  return decidePorts(networks, observed.networks).map(({ network, previous }): Finding => {
    const at = { vmm: network.vmm, subject: network.name };
    return {
      ...at,
      kind: 'network-ports',
      expected: listed('ports', wordsOf(network.openPorts ?? []), String),
      observed: listed('ports', wordsOf(previous), String),
      isRepaired: used.has(placeOfDrift(at)),
    };
  });
}

type Place = { readonly vmm: string; readonly name: NetworkName | DiskName };

/** What carries our tag and no document asks for. Never removed without being asked to. */
function unknownThings(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  decided: readonly DecidedVm[],
): readonly Finding[] {
  const { vms, networks, disks } = leavingsOf(desired, observed, decided);
  const unknown = { expected: 'nothing', isRepaired: false };
  return [
    ...vms.map((vm) => ({
      ...unknown,
      kind: 'vm-unknown' as const,
      subject: vm.name,
      vmm: vm.vmm,
      observed: `${vm.status}, ${sizeOf(vm)}`,
    })),
    ...networks.map(({ name, vmm, kind }) => ({
      ...unknown,
      kind: 'network-unknown' as const,
      subject: name,
      vmm,
      observed: `a ${kind} network`,
    })),
    ...disks.map(({ name, vmm, sizeGiB }) => ({
      ...unknown,
      kind: 'disk-unknown' as const,
      subject: name,
      vmm,
      observed: `a disk of ${sizeGiB} GiB`,
    })),
  ];
}

export function sizeOf({ cpuCount, memoryMiB, instanceType }: DesiredVm['spec'] | ObservedVm): string {
  const type = instanceType === undefined ? '' : `${instanceType}: `;
  return `${type}${cpuCount} CPU, ${memoryMiB} MiB`;
}

export function listed<Item>(what: string, items: readonly Item[], words: (item: Item) => string): string {
  return items.length === 0 ? `no ${what}` : `${what} ${items.map(words).join(', ')}`;
}

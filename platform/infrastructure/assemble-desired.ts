import { type InfrastructureId, type VmName, brandId } from '@trencadis/ids';
import type { RadlDocument, RadlSystem } from '@trencadis/radl';
import type { VmSpec } from '@trencadis/vmm';
import { bastionNetworkOf } from './bastion.ts';
import type { Roster } from './decide-members.ts';
import { networksOf } from './desired-networks.ts';
import type { MemberSize } from './member-sizes.ts';
import type {
  DatabaseBinding,
  DesiredConfiguration,
  DesiredDisk,
  DesiredGroup,
  DesiredInfrastructure,
  DesiredMount,
  DesiredVm,
  DesiredVmSpec,
  DiskRequirement,
  ImageChoice,
  Infrastructure,
  Member,
  Placement,
} from './model.ts';
import type { SystemRequirements } from './requirements.ts';
import type { ResolvedConfigurations } from './resolve-configuration.ts';
import { desiredServices } from './services/desired-services.ts';
import { diskName, networkName, persistentTag, vmNames } from './resource-names.ts';
import { userDataOf } from './user-data.ts';

/** A deployed system with its VM manager and image. */
export interface ResolvedSystem {
  readonly system: RadlSystem;
  readonly count: number;
  readonly vmm: string;
  readonly requirements: SystemRequirements;
  readonly image: VmSpec['image'];
  readonly choice: ImageChoice;
}

interface Parts {
  readonly systems: readonly ResolvedSystem[];
  readonly configurations: ResolvedConfigurations;
  readonly roster: Roster;
  readonly placements: readonly Placement[];
  readonly groups: readonly DesiredGroup[];
  readonly sizes: ReadonlyMap<Member, MemberSize>;
  /** Keys of the VM managers whose VMs do not mount their disks. */
  readonly unmounted: ReadonlySet<string>;
}

/** Every choice put together: what there shall be, by name. */
export function assembleDesired(
  infrastructure: Infrastructure,
  document: RadlDocument,
  { systems, configurations, roster, placements, groups, sizes, unmounted }: Parts,
): DesiredInfrastructure {
  const { id } = infrastructure;
  const bySystem = new Map(systems.map((each) => [placeOf(each.system.id, each.vmm), each]));
  const namers = new Map(systems.map(({ system }) => [system.id, vmNames(id, system.id)]));
  const residents = roster.members.flatMap((member): Resident[] => {
    const resolved = bySystem.get(placeOf(member.systemId, member.vmm));
    const name = namers.get(member.systemId)?.(member.number);
    return resolved && name ? [residentOf(infrastructure, { ...resolved, member, name })] : [];
  });
  const names = Map.groupBy(residents, ({ member }) => member.systemId);
  const nameOf = (systemId: string) => (names.get(systemId) ?? []).map(({ name }) => name);
  const databases = configurations.databases.flatMap(({ name, user, heldBy, usedBy }): DatabaseBinding[] => {
    const [holder] = nameOf(heldBy);
    return holder ? [{ name, user, heldBy: holder, usedBy: usedBy.flatMap(nameOf) }] : [];
  });
  const peers = peersOf(databases);
  const vms = residents.map((resident) => ({
    ...desiredVm(infrastructure, resident, { configurations, peers, size: sizes.get(resident.member) }),
    ...wayTo(resident, document),
    ...(unmounted.has(resident.member.vmm) ? { mounts: mountsOf(resident) } : {}),
  }));
  return {
    id,
    tag: brandId('Tag', id),
    networks: networksOf(id, document, systems),
    disks: residents.flatMap(({ member: { vmm }, disks }) => disks.map((disk) => diskOf(id, disk, vmm))),
    vms,
    networkIds: Object.fromEntries(document.networks.map((each) => [networkName(id, each.id), each.id])),
    databases,
    images: systems.map(({ choice }) => choice),
    placements,
    ...desiredServices(id, document, { vms, groups }),
  };
}

const placeOf = (systemId: string, vmm: string) => `${systemId} ${vmm}`;

type NamedDisk = DiskRequirement & { readonly name: DesiredDisk['name'] };

interface Resident {
  readonly member: Member;
  readonly name: VmName;
  readonly resolved: ResolvedSystem;
  readonly disks: readonly NamedDisk[];
}

function residentOf(
  infrastructure: Infrastructure,
  { member, name, ...resolved }: ResolvedSystem & Pick<Resident, 'member' | 'name'>,
): Resident {
  const { systemId, number, alteration } = member;
  const altered = alteration?.disks ?? [];
  const isAltered = new Set(altered.map(({ index }) => index));
  const kept = resolved.requirements.disks.filter(({ index }) => !isAltered.has(index));
  const disks = [...kept, ...altered].map((disk) => ({
    ...disk,
    name: diskName(infrastructure, { systemId, number, index: disk.index, isPersistent: disk.isPersistent }),
  }));
  return { member, name, resolved, disks };
}

function diskOf(id: InfrastructureId, { name, sizeGiB, isPersistent }: NamedDisk, vmm: string): DesiredDisk {
  return { vmm, name, tag: isPersistent ? persistentTag : brandId('Tag', id), sizeGiB, isPersistent };
}

interface Around {
  readonly configurations: ResolvedConfigurations;
  readonly peers: Peers;
  readonly size: MemberSize | undefined;
}

function desiredVm(
  { id }: Infrastructure,
  resident: Resident,
  { configurations, peers, size }: Around,
): DesiredVm {
  const { member, name, resolved } = resident;
  const { systemId, number, ordinal, vmm } = member;
  const own = (configurations.bySystem.get(systemId) ?? []).map((each) =>
    withKnownApplications(each, resolved),
  );
  const userData = userDataOf(own);
  return {
    vmm,
    systemId,
    number,
    ordinal,
    ...turnedOf(member),
    spec: {
      ...machineOf(id, resident),
      ...size?.spec,
      ...(userData ? { userData: userData.text } : {}),
    },
    ...(size?.typeChoice ? { typeChoice: size.typeChoice } : {}),
    ...(userData ? { userDataDigest: userData.digest } : {}),
    configurations: own,
    peers: own.some(({ usesPeers }) => usesPeers) ? 'all' : (peers.get(name) ?? []),
  };
}

function turnedOf({ isStopped = false, isStandby }: Member): Pick<DesiredVm, 'isStopped' | 'isStandby'> {
  return { isStopped, ...(isStandby === true ? { isStandby } : {}) };
}

function machineOf(id: InfrastructureId, { name, resolved, disks }: Resident): DesiredVmSpec {
  const { requirements, image } = resolved;
  const { cpuCount, memoryMiB } = requirements;
  return {
    name,
    tag: brandId('Tag', id),
    hostName: name,
    image,
    cpuCount,
    memoryMiB,
    interfaces: interfacesOf(id, resolved),
    disks: disks.map(({ name: disk, mountPath }) => ({ disk, mountPath })),
    ...placeOptions(requirements),
  };
}

function interfacesOf(
  id: InfrastructureId,
  { requirements: { networkIds, addresses }, count }: ResolvedSystem,
): VmSpec['interfaces'] {
  return networkIds.map((network, index) => {
    // An IM document may give one address to several VMs, which is told as a warning.
    const address = count === 1 ? addresses[index] : undefined;
    return { network: networkName(id, network), ...(address === undefined ? {} : { address }) };
  });
}

/** Where it is, and on which terms. */
function placeOptions({ type }: SystemRequirements): Pick<VmSpec, 'zone' | 'spot'> {
  const most = type.price?.high?.value;
  const spot = most === undefined ? {} : { maxPerHour: most };
  return {
    ...(type.zone === undefined ? {} : { zone: type.zone }),
    ...(type.isSpot ? { spot } : {}),
  };
}

const defaultFsType = 'ext4';

function mountsOf({ disks }: Resident): DesiredMount[] {
  return disks.map(({ name: disk, mountPath, fsType = defaultFsType }) => ({ disk, mountPath, fsType }));
}

function wayTo({ resolved }: Resident, document: RadlDocument): Pick<DesiredVm, 'bastion'> {
  const bastion = bastionNetworkOf(document, resolved.requirements.networkIds);
  return bastion === undefined ? {} : { bastion };
}

/** Those that the chosen image has need not be installed. */
function withKnownApplications(
  configuration: DesiredConfiguration,
  { choice }: ResolvedSystem,
): DesiredConfiguration {
  if (configuration.applications.length === 0) return configuration;
  const has = new Set(
    choice.verdicts.flatMap(({ requirement, holds }) =>
      holds && requirement.kind === 'application' ? [requirement.name] : [],
    ),
  );
  const applications = configuration.applications.map((each) =>
    has.has(each.name) ? { ...each, isInImage: true } : each,
  );
  return { ...configuration, applications };
}

type Peers = ReadonlyMap<VmName, readonly VmName[]>;

/** Who holds a database lets its users in; who uses one knows where it is. */
function peersOf(databases: readonly DatabaseBinding[]): Peers {
  const peers = new Map<VmName, VmName[]>();
  const add = (name: VmName, others: readonly VmName[]) => {
    peers.set(name, [...(peers.get(name) ?? []), ...others.filter((other) => other !== name)]);
  };
  for (const { heldBy, usedBy } of databases) {
    add(heldBy, usedBy);
    for (const user of usedBy) add(user, [heldBy]);
  }
  return peers;
}

import { type InfrastructureId, type VmName, brandId } from '@trencadis/ids';
import { type RadlDocument, type RadlSystem, isPublicNetwork } from '@trencadis/radl';
import type { VmSpec } from '@trencadis/vmm';
import { bastionNetworkOf } from './bastion.ts';
import type { Roster } from './decide-members.ts';
import type {
  DatabaseBinding,
  DesiredConfiguration,
  DesiredDisk,
  DesiredInfrastructure,
  DesiredNetwork,
  DesiredVm,
  DiskRequirement,
  ImageChoice,
  Infrastructure,
  Member,
  Placement,
} from './model.ts';
import type { SystemRequirements } from './requirements.ts';
import type { ResolvedConfigurations } from './resolve-configuration.ts';
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
}

/** Every choice put together: what there shall be, by name. */
export function assembleDesired(
  infrastructure: Infrastructure,
  document: RadlDocument,
  { systems, configurations, roster, placements }: Parts,
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
  return {
    id,
    tag: brandId('Tag', id),
    networks: networksOf(id, document, systems),
    disks: residents.flatMap(({ member: { vmm }, disks }) => disks.map((disk) => diskOf(id, disk, vmm))),
    vms: residents.map((resident) => ({
      ...desiredVm(infrastructure, resident, { configurations, peers }),
      ...wayTo(resident, document),
    })),
    networkIds: Object.fromEntries(document.networks.map((each) => [networkName(id, each.id), each.id])),
    databases,
    images: systems.map(({ choice }) => choice),
    placements,
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

/** A public network that several VM managers need is made at each. */
function networksOf(
  id: InfrastructureId,
  document: RadlDocument,
  systems: readonly ResolvedSystem[],
): DesiredNetwork[] {
  return document.networks.flatMap((network) => {
    const users = systems.filter(({ requirements }) => requirements.networkIds.includes(network.id));
    const kind = isPublicNetwork(network) ? 'public' : 'private';
    return [...new Set(users.map(({ vmm }) => vmm))].map((vmm): DesiredNetwork => ({
      vmm,
      name: networkName(id, network.id),
      tag: brandId('Tag', id),
      kind,
    }));
  });
}

function diskOf(id: InfrastructureId, { name, sizeGiB, isPersistent }: NamedDisk, vmm: string): DesiredDisk {
  return { vmm, name, tag: isPersistent ? persistentTag : brandId('Tag', id), sizeGiB, isPersistent };
}

function desiredVm(
  { id }: Infrastructure,
  { member, name, resolved, disks }: Resident,
  { configurations, peers }: { readonly configurations: ResolvedConfigurations; readonly peers: Peers },
): DesiredVm {
  const { systemId, number, ordinal, vmm, isStopped = false, alteration = {} } = member;
  const { requirements, image } = resolved;
  const own = (configurations.bySystem.get(systemId) ?? []).map((each) =>
    withKnownApplications(each, resolved),
  );
  const userData = userDataOf(own);
  return {
    vmm,
    systemId,
    number,
    ordinal,
    isStopped,
    spec: {
      name,
      tag: brandId('Tag', id),
      hostName: name,
      image,
      cpuCount: alteration.cpuCount ?? requirements.cpuCount,
      memoryMiB: alteration.memoryMiB ?? requirements.memoryMiB,
      interfaces: requirements.networkIds.map((network) => ({ network: networkName(id, network) })),
      disks: disks.map(({ name: disk, mountPath }) => ({ disk, mountPath })),
      ...(userData ? { userData: userData.text } : {}),
    },
    ...(userData ? { userDataDigest: userData.digest } : {}),
    configurations: own,
    peers: own.some(({ usesPeers }) => usesPeers) ? 'all' : (peers.get(name) ?? []),
  };
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

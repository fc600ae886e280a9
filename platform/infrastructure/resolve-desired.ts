import { explainNoImage } from '@trencadis/image-catalog';
import { type DiskName, type Tag, brandId } from '@trencadis/ids';
import {
  type Diagnostic,
  type DeployedSystem,
  type RadlDocument,
  type RadlSystem,
  type Span,
  deployedSystems,
  isPublicNetwork,
} from '@trencadis/radl';
import type { VmSpec } from '@trencadis/vmm';
import { chooseImage } from './choose-image.ts';
import type {
  DesiredConfiguration,
  DesiredDisk,
  DesiredInfrastructure,
  DesiredVm,
  DesiredVmSpec,
  ImageChoice,
  Infrastructure,
} from './model.ts';
import type { Offers } from './offers.ts';
import { type SystemRequirements, requirementsOf } from './requirements.ts';
import { resolveConfigurations } from './resolve-configuration.ts';
import { resolutionError } from './resolution-problems.ts';
import { diskName, labelOf, networkName, persistentTag, vmName } from './resource-names.ts';

export type Resolution =
  | { readonly kind: 'desired'; readonly desired: DesiredInfrastructure }
  | { readonly kind: 'problems'; readonly diagnostics: readonly Diagnostic[] };

/** A deployed system with its, VM manager and image. */
export interface ResolvedSystem {
  readonly system: RadlSystem;
  readonly count: number;
  readonly vmm: string;
  readonly requirements: SystemRequirements;
  readonly image: VmSpec['image'];
  readonly choice: ImageChoice;
}

/** A checked document with every choice made (paper 4.4), or all the reasons why it cannot be deployed here. */
export function resolveDesired(
  infrastructure: Infrastructure,
  document: RadlDocument,
  offers: Offers,
): Resolution {
  const diagnostics: Diagnostic[] = [
    ...cloudProblems(document, offers),
    ...nameProblems(document),
    ...serviceProblems(document),
  ];
  const systems = deployedSystems(document).flatMap((deployed) => {
    if (deployed.count === 0) return [];
    const resolved = resolveSystem(infrastructure, deployed, offers);
    if (!('code' in resolved)) return [resolved];
    diagnostics.push(resolved);
    return [];
  });
  const deployed = document.deploys.filter((deploy) => deploy.count > 0).map((deploy) => deploy.systemId);
  const configurations = resolveConfigurations(document, { deployed, offers, infrastructure });
  diagnostics.push(...configurations.diagnostics);
  if (diagnostics.length > 0) return { kind: 'problems', diagnostics };
  return {
    kind: 'desired',
    desired: assemble(infrastructure, document, { systems, configurations, offers }),
  };
}

function cloudProblems(document: RadlDocument, { vmms }: Offers): Diagnostic[] {
  const used = new Set(document.deploys.map((deploy) => deploy.cloudId ?? vmms[0]));
  const [first] = document.deploys;
  if (used.size <= 1 || !first) return [];
  const message = `One infrastructure on several VM managers (${[...used].join(', ')}) is not possible yet.`;
  return [resolutionError('tooManyClouds', first.span, { message, hint: 'Deploy them as two documents.' })];
}

/** Replicas, balancing and scaling come with the availability controller. */
function serviceProblems(document: RadlDocument): Diagnostic[] {
  const serviceIds = new Set(document.services.map(({ id }) => id));
  return document.deploys
    .filter(({ systemId }) => serviceIds.has(systemId))
    .map(({ systemId, span }) => {
      const message = `Service ${systemId} is not deployable yet: this platform does not keep replicas so far.`;
      return resolutionError('notDeployableYet', span, { message, hint: 'Deploy its system with a number.' });
    });
}

/** Ids that differ only in case or punctuation would name the same VM or network. */
function nameProblems(document: RadlDocument): Diagnostic[] {
  const systems = [...new Set(deployedSystems(document).map(({ system }) => system))];
  return [...sameNames('Systems', systems), ...sameNames('Networks', document.networks)];
}

function sameNames(
  what: string,
  clauses: readonly { readonly id: string; readonly span: Span }[],
): Diagnostic[] {
  const groups = [...Map.groupBy(clauses, ({ id }) => labelOf(id)).values()];
  return groups.flatMap(([first, ...others]) =>
    others.map(({ id, span }) => {
      const message = `${what} '${first?.id}' and '${id}' would have the same name at the VM manager, '${labelOf(id)}'.`;
      return resolutionError('sameName', span, { message, hint: `Rename '${id}'.` });
    }),
  );
}

function resolveSystem(
  infrastructure: Infrastructure,
  { system, count, cloudId }: DeployedSystem,
  offers: Offers,
): ResolvedSystem | Diagnostic {
  const vmm = cloudId ?? offers.vmms[0];
  if (!offers.vmms.includes(vmm)) {
    const message = `No VM manager is called '${vmm}' here.`;
    return resolutionError('unknownCloud', system.span, {
      message,
      hint: `There are: ${offers.vmms.join(', ')}.`,
    });
  }
  const requirements = requirementsOf(system, vmm);
  const asked = { systemId: system.id, requirements: requirements.image };
  const { best, result } = chooseImage(infrastructure, asked, offers);
  const artifact = best?.artifact;
  if (!best || !artifact) {
    const message = `System ${system.id}: ${explainNoImage(result, requirements.image)}`;
    return resolutionError('noImage', system.span, { message });
  }
  const { location, digest } = artifact;
  const choice = {
    systemId: system.id,
    vmiId: best.vmi.id,
    vmiName: best.vmi.name,
    digest,
    score: best.score,
    verdicts: best.verdicts,
  };
  return { system, count, vmm, requirements, image: { location, digest }, choice };
}

interface Parts {
  readonly systems: readonly ResolvedSystem[];
  readonly configurations: ReturnType<typeof resolveConfigurations>;
  readonly offers: Offers;
}

function assemble(
  infrastructure: Infrastructure,
  document: RadlDocument,
  { systems, configurations, offers }: Parts,
): DesiredInfrastructure {
  const tag = brandId('Tag', infrastructure.id);
  const members = numberVms(systems);
  const connected = new Set(systems.flatMap((each) => each.requirements.networkIds));
  const nameOf = (systemId: string) =>
    members
      .filter((each) => each.resolved.system.id === systemId)
      .map((each) => vmName(infrastructure.id, systemId, each.number));
  return {
    id: infrastructure.id,
    tag,
    vmm: systems[0]?.vmm ?? offers.vmms[0],
    networks: document.networks
      .filter((network) => connected.has(network.id))
      .map((network) => ({
        name: networkName(infrastructure.id, network.id),
        tag,
        kind: isPublicNetwork(network) ? 'public' : 'private',
      })),
    disks: members.flatMap((member) => disksOfVm(infrastructure, member, tag)),
    vms: members.map((member) =>
      desiredVm(infrastructure, member, configurations.bySystem.get(member.resolved.system.id)),
    ),
    databases: configurations.databases.flatMap(({ name, user, heldBy, usedBy }) => {
      const [holder] = nameOf(heldBy);
      return holder ? [{ name, user, heldBy: holder, usedBy: usedBy.flatMap(nameOf) }] : [];
    }),
    images: systems.map((each) => each.choice),
  };
}

interface Member {
  readonly resolved: ResolvedSystem;
  /** Counts from 1 within its system. */
  readonly number: number;
}

function numberVms(systems: readonly ResolvedSystem[]): Member[] {
  return systems.flatMap((resolved) =>
    Array.from({ length: resolved.count }, (_, index) => ({ resolved, number: index + 1 })),
  );
}

function disksOfVm(infrastructure: Infrastructure, { resolved, number }: Member, tag: Tag): DesiredDisk[] {
  return resolved.requirements.disks.map(({ index, sizeGiB, isPersistent }) => ({
    name: diskName(infrastructure, { systemId: resolved.system.id, number, index, isPersistent }),
    tag: isPersistent ? persistentTag : tag,
    sizeGiB,
    isPersistent,
  }));
}

function desiredVm(
  infrastructure: Infrastructure,
  { resolved, number }: Member,
  configuration: DesiredConfiguration | undefined,
): DesiredVm {
  const { system, requirements, vmm, image } = resolved;
  const name = vmName(infrastructure.id, system.id, number);
  const networks = requirements.networkIds.map((id) => ({ id, name: networkName(infrastructure.id, id) }));
  const disks = requirements.disks.map(
    ({ index, mountPath, isPersistent }): { disk: DiskName; mountPath: string } => ({
      disk: diskName(infrastructure, { systemId: system.id, number, index, isPersistent }),
      mountPath,
    }),
  );
  const spec: DesiredVmSpec = {
    name,
    tag: brandId('Tag', infrastructure.id),
    hostName: name,
    image,
    cpuCount: requirements.cpuCount,
    memoryMiB: requirements.memoryMiB,
    interfaces: networks.map((network) => ({ network: network.name })),
    disks,
  };
  return {
    vmm,
    systemId: system.id,
    spec,
    networkIds: Object.fromEntries(networks.map((network) => [network.name, network.id])),
    ...(configuration ? { configuration } : {}),
  };
}

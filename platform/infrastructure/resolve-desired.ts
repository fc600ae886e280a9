import { type ServiceSpec, readServices } from '@trencadis/availability';
import type { RadlDocument, DeployedSystem, Diagnostic, Span } from '@trencadis/radl';
import { deployedSystems, isPublicNetwork } from '@trencadis/radl';
import { type ResolvedSystem, assembleDesired } from './assemble-desired.ts';
import { bastionProblems } from './bastion.ts';
import { type Leaving, type Roster, decideMembers } from './decide-members.ts';
import { type PlacementDecision, type PlacementRequest, decidePlacement } from './decide-placement.ts';
import { type FoundImage, type SystemImages, findImages } from './find-images.ts';
import { type CurrentVm, needsWithImage } from './member-sizes.ts';
import type { DesiredInfrastructure, Infrastructure } from './model.ts';
import type { Offers } from './offers.ts';
import { placementProblems } from './placement-problems.ts';
import { requirementsOf } from './requirements.ts';
import { resolutionError } from './resolution-problems.ts';
import { resolveConfigurations } from './resolve-configuration.ts';
import { resolveSizes } from './resolve-sizes.ts';
import { siteFits } from './site-fits.ts';
import { labelOf, vmNames } from './resource-names.ts';
import { nativeProblems } from './services/native-problems.ts';
import { resolveGroups } from './services/resolve-groups.ts';
import { serviceRequest } from './services/service-request.ts';
import { imagesForUserData } from './user-data.ts';

export type Resolution =
  | { readonly kind: 'desired'; readonly desired: DesiredInfrastructure; readonly roster: Roster }
  | { readonly kind: 'problems'; readonly diagnostics: readonly Diagnostic[] };

/** A checked document with every choice made (paper 4.4), or all the reasons why it cannot be deployed here. */
export function resolveDesired(
  infrastructure: Infrastructure & Leaving,
  document: RadlDocument,
  offers: Offers,
): Resolution {
  const found = whatIsAsked(infrastructure, document, offers);
  const { deployed, configurations, images } = found;
  const around = { ...found, infrastructure, offers };
  const requests = deployed.map((each) => requestOf(each, document, around));
  const decisions = decidePlacement(requests, offers.vmms, infrastructure.refusals);
  const diagnostics = [
    ...nameProblems(document),
    ...placementProblems(decisions, document, { offers, images }),
    ...configurations.diagnostics,
    ...bastionProblems(document, deployed),
    ...nativeProblems(document, configurations),
  ];
  if (diagnostics.length > 0) return { kind: 'problems', diagnostics };
  const systems = resolvedSystems(deployed, decisions, images);
  const roster = decideMembers(
    infrastructure,
    systems.map(({ system, count, vmm }) => ({ systemId: system.id, count, vmm })),
  );
  const sizes = resolveSizes(infrastructure, { systems, roster, offers });
  const native = resolveGroups(infrastructure, document, { systems, configurations, offers });
  const unsized = [...sizes.diagnostics, ...native.diagnostics];
  if (unsized.length > 0) return { kind: 'problems', diagnostics: unsized };
  const desired = assembleDesired(infrastructure, document, {
    systems,
    configurations,
    roster,
    placements: decisions.flatMap((each) => (each.kind === 'placed' ? [each.placement] : [])),
    groups: native.groups,
    sizes: sizes.byMember,
    unmounted: unmountedAt(offers),
  });
  return { kind: 'desired', desired, roster };
}

/** The systems that are deployed, with their configurations and images. */
function whatIsAsked(infrastructure: Infrastructure, document: RadlDocument, offers: Offers) {
  const services = servicesBySystem(document);
  const deployed = deployedSystems(document).filter(
    ({ count, system: { id } }) => count > 0 || services.get(id)?.scaling.engine === 'native',
  );
  const configurations = resolveConfigurations(document, {
    deployed: deployed.map(({ system }) => system.id),
    offers,
    infrastructure,
  });
  const images = imagesForUserData(
    findImages(infrastructure, deployed, offers),
    configurations.bySystem,
    offers,
  );
  return { services, deployed, configurations, images };
}

function servicesBySystem(document: RadlDocument): ReadonlyMap<string, ServiceSpec> {
  return new Map(readServices(document).map((spec) => [spec.systemId, spec]));
}

/** Keys of the VM managers where the platform mounts disks, through the VMs' shells. */
function unmountedAt({ vmms }: Offers): ReadonlySet<string> {
  return new Set(
    vmms.flatMap(({ vmm, capabilities: { mountsDisks, shell } }) => (mountsDisks || !shell ? [] : [vmm])),
  );
}

interface Around {
  readonly deployed: readonly DeployedSystem[];
  readonly infrastructure: Infrastructure;
  readonly offers: Offers;
}

function requestOf(
  deployed: DeployedSystem,
  document: RadlDocument,
  {
    images: all,
    services,
    ...around
  }: Around & { readonly images: SystemImages; readonly services: ReadonlyMap<string, ServiceSpec> },
): PlacementRequest {
  const { system, count, cloudId } = deployed;
  const requirements = requirementsOf(system);
  const { networkIds, cpuCount, memoryMiB } = requirements;
  const networks = document.networks.filter(({ id }) => networkIds.includes(id));
  const publicIds = new Set(networks.filter(isPublicNetwork).map(({ id }) => id));
  const images = all.get(system.id) ?? new Map<string, FoundImage>();
  const { placed, current } = membersFor(deployed, around);
  const request: PlacementRequest = {
    systemId: system.id,
    count,
    placed,
    present: new Map([...current].map(([vmm, those]) => [vmm, those.length])),
    size: { cpuCount, memoryMiB },
    privateNetworks: networkIds.filter((id) => !publicIds.has(id)),
    images,
    fits: siteFits({ deployed, requirements, networks, images, current }, around.offers.vmms),
    ...(cloudId === undefined ? {} : { cloudId }),
  };
  const spec = services.get(system.id);
  const { infrastructure, offers } = around;
  return spec ? serviceRequest(infrastructure.id, request, { spec, offers }) : request;
}

interface PlacedMembers {
  readonly placed: PlacementRequest['placed'];
  readonly current: ReadonlyMap<string, readonly CurrentVm[]>;
}

/** How many of a deploy's VMs are placed, and there, by VM manager. Deploys that name one have the members that are there. */
function membersFor(
  { system, cloudId }: DeployedSystem,
  { deployed, infrastructure, offers }: Around,
): PlacedMembers {
  const keyOf = (name: string) => offers.vmms.find((offer) => [offer.vmm, offer.name].includes(name))?.vmm;
  const named = new Set(
    deployed.flatMap((each) =>
      each.system.id === system.id && each.cloudId !== undefined ? [keyOf(each.cloudId)] : [],
    ),
  );
  const isMine = (vmm: string) => (cloudId === undefined ? !named.has(vmm) : vmm === keyOf(cloudId));
  const mine = infrastructure.members.filter(({ systemId, vmm }) => systemId === system.id && isMine(vmm));
  const names = vmNames(infrastructure.id, system.id);
  const there = new Map(offers.vms.map((vm) => [`${vm.vmm} ${vm.name}`, vm]));
  const placed = Map.groupBy(mine, ({ vmm }) => vmm);
  const current = mine.flatMap(({ vmm, number }) => there.get(`${vmm} ${names(number)}`) ?? []);
  return {
    placed: new Map([...placed].map(([vmm, those]) => [vmm, those.length])),
    current: Map.groupBy(current, ({ vmm }) => vmm),
  };
}

/** Once nothing is refused, every system is placed and has its image there. */
function resolvedSystems(
  deployed: readonly DeployedSystem[],
  decisions: readonly PlacementDecision[],
  images: SystemImages,
): ResolvedSystem[] {
  return deployed.flatMap(({ system, count, cloudId }) => {
    const decision = decisions.find(({ requests }) =>
      requests.some((request) => request.systemId === system.id && request.cloudId === cloudId),
    );
    if (decision?.kind !== 'placed') return [];
    const { vmm } = decision.placement;
    const found = images.get(system.id)?.get(vmm);
    if (!found || !('image' in found)) return [];
    const { image, choice } = found;
    const asked = requirementsOf(system);
    const requirements = { ...asked, type: needsWithImage(asked.type, found) };
    return [{ system, count, vmm, requirements, image, choice }];
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

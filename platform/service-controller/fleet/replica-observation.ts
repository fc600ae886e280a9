import { PlatformError } from '@trencadis/errors';
import { type InfrastructureId, type VmName, sha256OfJson } from '@trencadis/ids';
import type { Infrastructure, Member } from '@trencadis/infrastructure';
import {
  type ObservedVm,
  type ReconcilerParts,
  joinedServices,
  memberStage,
  observeWhatAnswers,
  outdatedReplicas,
  outsideAddress,
  prepareAsDeployed,
  vmName,
} from '@trencadis/infrastructure/services';
import type { Group, ObservedReplica, ObservedVms } from '../fleet.ts';
import { cloudNames } from './cloud-names.ts';
import type { DeployedServices } from './deployed-services.ts';

type Observation = Awaited<ReturnType<typeof observeWhatAnswers>>;

interface Remembered {
  readonly vms: ReadonlyMap<VmName, ObservedVm>;
  /** By VM manager's key. */
  readonly answeredAt: Map<string, number>;
  /** What the document asked for when it was last compared, and which replicas were behind. */
  readonly compared?: { readonly key: string; readonly outdated: ReadonlySet<VmName> };
}

/** What VM managers tell of replicas. What they told last is remembered for when they do not answer. */
export class ReplicaObservation {
  readonly #parts: ReconcilerParts;
  readonly #deployed: DeployedServices;
  readonly #remembered = new Map<InfrastructureId, Remembered>();

  constructor(parts: ReconcilerParts, deployed: DeployedServices) {
    this.#parts = parts;
    this.#deployed = deployed;
  }

  async observe(group: Group, signal: AbortSignal): Promise<ObservedVms> {
    const { world } = this.#parts;
    const { infrastructureId: id } = group;
    const infrastructure = await world.store.find(id);
    if (!infrastructure || infrastructure.destroyedAt) {
      this.#remembered.delete(id);
      throw new PlatformError('not-found', `There is no infrastructure ${id}.`, { subject: id });
    }
    const now = world.clock.now().getTime();
    const target = { id, vmms: infrastructure.vmms, persistentDisks: [] };
    const seen = await observeWhatAnswers(world, target, signal);
    const remembered = await this.#remember(infrastructure, { seen, now }, signal);
    const clouds = await cloudNames(this.#parts, group);
    const replicas = this.#replicasOf({ group, infrastructure, seen, remembered, clouds });
    const answered = infrastructure.vmms.map(
      (key) => [clouds.get(key) ?? '', remembered.answeredAt.get(key) ?? 0] as const,
    );
    const answeredAt: Record<string, number> = {};
    // Of several VM managers without a name, the one that has been silent for longest counts.
    for (const [cloud, at] of answered) answeredAt[cloud] = Math.min(answeredAt[cloud] ?? Infinity, at);
    return { replicas, answeredAt };
  }

  /** As it was last seen. */
  vmOf(id: InfrastructureId, name: VmName): ObservedVm | undefined {
    return this.#remembered.get(id)?.vms.get(name);
  }

  forgetAllBut(ids: ReadonlySet<InfrastructureId>): void {
    for (const id of this.#remembered.keys()) if (!ids.has(id)) this.#remembered.delete(id);
  }

  isOutdated({ infrastructureId }: Group, name: VmName): boolean {
    return this.#remembered.get(infrastructureId)?.compared?.outdated.has(name) === true;
  }

  async #remember(
    infrastructure: Infrastructure,
    { seen, now }: { readonly seen: Observation; readonly now: number },
    signal: AbortSignal,
  ): Promise<Remembered> {
    const { id, vmms } = infrastructure;
    const before = this.#remembered.get(id);
    const silent = [...(before?.vms ?? [])].filter(([, { vmm }]) => seen.outages.has(vmm));
    const vms = new Map([...silent, ...seen.vms.map((vm) => [vm.name, vm] as const)]);
    const answeredAt = new Map(before?.answeredAt);
    for (const key of vmms) if (!seen.outages.has(key)) answeredAt.set(key, now);
    const compared = await this.#compare(infrastructure, { seen, before: before?.compared }, signal);
    const remembered = { vms, answeredAt, ...(compared ? { compared } : {}) };
    this.#remembered.set(id, remembered);
    return remembered;
  }

  /** Choosing images and resolving recipes costs more than asking, so it is done when something is another than before. */
  async #compare(
    infrastructure: Infrastructure,
    { seen, before }: { readonly seen: Observation; readonly before: Remembered['compared'] },
    signal: AbortSignal,
  ): Promise<Remembered['compared']> {
    const { radl, parameters, components = {}, members, activePlanId = '' } = infrastructure;
    const running = seen.vms.map(({ name, status, image, addresses }) => [
      name,
      status,
      image.digest,
      addresses,
    ]);
    const key = sha256OfJson([radl, parameters, components, members, activePlanId, seen.configured, running]);
    if (before?.key === key || seen.outages.size > 0) return before;
    const prepared = await prepareAsDeployed(this.#parts, infrastructure, signal);
    if (prepared.kind === 'problems') return { key, outdated: new Set() };
    const { desired, observed } = prepared;
    return { key, outdated: new Set(outdatedReplicas(desired, observed, sha256OfJson)) };
  }

  #replicasOf({ group, infrastructure, seen, remembered, clouds }: Around): readonly ObservedReplica[] {
    const { id, members } = infrastructure;
    const { spec } = group;
    const { holders } = this.#deployed.read(infrastructure);
    const own = members.filter(({ systemId, isStopped }) => systemId === spec.systemId && isStopped !== true);
    const stage = memberStage(spec.id);
    const known = own.map((member): ObservedReplica => {
      const name = vmName(id, member.systemId, member.number);
      const vm = remembered.vms.get(name);
      const isSilent = seen.outages.has(member.vmm);
      return {
        name,
        cloud: clouds.get(member.vmm) ?? '',
        number: member.number,
        vm: isSilent ? ('unknown' as const) : (vm?.status ?? 'absent'),
        isConfigured: seen.configured[name]?.[stage] !== undefined,
        isOutdated: remembered.compared?.outdated.has(name) === true,
        holdsDisk: holders.has(member.systemId) || hasOwnDisk(member),
        ...(member.isStandby === true ? { isStandby: true } : {}),
        ...placeOf(vm),
      };
    });
    return [...known, ...leftovers({ group, seen, clouds, members: new Set(known.map(({ name }) => name)) })];
  }
}

interface Around {
  readonly group: Group;
  readonly infrastructure: Infrastructure;
  readonly seen: Observation;
  readonly remembered: Remembered;
  readonly clouds: ReadonlyMap<string, string>;
}

function hasOwnDisk({ alteration }: Member): boolean {
  return alteration?.disks?.some(({ isPersistent }) => isPersistent) === true;
}

function placeOf(vm: ObservedVm | undefined): Pick<ObservedReplica, 'address' | 'zone' | 'failure'> {
  if (vm === undefined) return {};
  const address = outsideAddress(vm);
  return {
    ...(address === undefined ? {} : { address }),
    ...(vm.zone === undefined ? {} : { zone: vm.zone }),
    ...(vm.failure === undefined ? {} : { failure: vm.failure }),
  };
}

/** Still served, and not asked for any more: a plan that was to take them away did not end. */
function leftovers({
  group,
  seen,
  clouds,
  members,
}: Pick<Around, 'group' | 'seen' | 'clouds'> & {
  readonly members: ReadonlySet<VmName>;
}): readonly ObservedReplica[] {
  return seen.vms
    .filter(
      ({ name }) => !members.has(name) && joinedServices(seen.configured[name]).includes(group.serviceId),
    )
    .map((vm) => ({
      name: vm.name,
      cloud: clouds.get(vm.vmm) ?? '',
      number: 0,
      vm: vm.status,
      isConfigured: true,
      isOutdated: false,
      holdsDisk: false,
      ...placeOf(vm),
    }));
}

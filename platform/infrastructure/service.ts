import type { ShellEndpoint } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import type { InfrastructureId, PlanId, VmName } from '@trencadis/ids';
import { type ApplyOptions, type ApplyParts, applyPlan } from './apply-plan.ts';
import type { AuditSink } from './audit-sink.ts';
import { bastionNetworkOfSystem } from './bastion.ts';
import type { ChangeRequest } from './change-request.ts';
import { shellEndpointOf } from './connect-to-vm.ts';
import { describeInfrastructure } from './describe.ts';
import { type DriftReport, describeDrift } from './describe-drift.ts';
import { type PlanStatus, describePlan } from './describe-plan.ts';
import { destroyInfrastructure } from './destroy-infrastructure.ts';
import { type Phases, listPhases } from './list-phases.ts';
import type { Infrastructure, InfrastructureStatus, Member, Plan, Planning } from './model.ts';
import { type DeployRequest, planChange, planDeployRequest } from './plan-change.ts';
import { type Importer, type PeerBundle, exportToPeer, importFromPeer } from './export-infrastructure.ts';
import { releaseInfrastructure } from './release-infrastructure.ts';
import { findResidents } from './residents.ts';
import type { InfrastructureTerms, PlanSummary, StoreCaller } from './store.ts';

export interface InfrastructureServiceParts extends ApplyParts {
  readonly audit?: AuditSink;
}

/** Who does it: kept in plans and in the audit log. */
export interface Acting {
  readonly actor: string;
}

/** The infrastructure manager (paper 4.4): every change is planned, stored, shown, then applied durably. */
export interface InfrastructureService {
  /** Plans towards a document and stores the plan; changes nothing at a VM manager. */
  plan(request: DeployRequest, signal: AbortSignal): Promise<Planning>;
  /** Plans any other change of what is deployed. A VM that is not its own: `not-found`. */
  planChange(id: InfrastructureId, request: ChangeRequest & Acting, signal: AbortSignal): Promise<Planning>;
  /** Starts a stored plan and answers at once. Idempotent. World changed since, or another plan running: `conflict`. */
  apply(planId: PlanId, options: ApplyOptions & Acting, signal: AbortSignal): Promise<void>;
  /** Stops what runs, then removes everything and starts doing so. Called again: answers the plan that is at it. */
  destroy(id: InfrastructureId, by: Acting, signal: AbortSignal): Promise<Plan>;
  /** Closes its record and leaves its VMs to another platform. While a plan runs: `conflict`. */
  release(id: InfrastructureId, by: Acting): Promise<Infrastructure>;
  /** All that a platform with the same sealing key needs to go on with it. */
  exportToPeer(infrastructure: Infrastructure, by: Acting): Promise<PeerBundle>;
  /** What {@link exportToPeer} answered. What is none, or sealed with another key: `invalid-argument`. */
  importFromPeer(bundle: unknown, by: Importer): Promise<Infrastructure>;
  getPlan(id: PlanId): Promise<Plan>;
  listPlans(id: InfrastructureId): Promise<readonly PlanSummary[]>;
  get(id: InfrastructureId): Promise<Infrastructure>;
  findByName(owner: string, name: string): Promise<Infrastructure | undefined>;
  /** The caller's own, those shared with their groups, or all for an admin. */
  list(caller: StoreCaller): Promise<readonly Infrastructure[]>;
  /** As their last plans left them, without asking the VM managers. */
  listPhases(infrastructures: readonly Infrastructure[]): Promise<Phases>;
  /** Owner, groups that share it, lease. */
  changeTerms(id: InfrastructureId, terms: InfrastructureTerms & Acting): Promise<Infrastructure>;
  /** Observes the VM managers and derives the status; nothing of it is stored. */
  describe(infrastructure: Infrastructure, signal: AbortSignal): Promise<InfrastructureStatus>;
  /** Observes the VM managers and names what is not as asked for. */
  drift(infrastructure: Infrastructure, signal: AbortSignal): Promise<DriftReport>;
  /** Where a plan stands, and whether it went on as another one. */
  planStatus(plan: Plan): Promise<PlanStatus>;
  /** The certificate that clients of the infrastructure's services trust. */
  authority(infrastructure: Infrastructure): Promise<{ readonly certificatePem: string }>;
  /** Where and with which key an administrator reaches a VM. The answer holds a private key: for its owner only. */
  shellEndpoint(infrastructure: Infrastructure, vmName: VmName, signal: AbortSignal): Promise<ShellEndpoint>;
  /** The end of a VM's console output. */
  readConsole(infrastructure: Infrastructure, vmName: VmName, signal: AbortSignal): Promise<string>;
}

export function createInfrastructureService(parts: InfrastructureServiceParts): InfrastructureService {
  const { store, vault, vmms } = parts.world;
  const { get, getPlan } = lookups(parts);
  return {
    get,
    getPlan,
    ...changes(parts),
    ...transfers(parts),
    findByName: (owner, name) => store.findByName(owner, name),
    listPlans: (id) => store.listPlans(id),
    list: (caller) => store.list(caller),
    listPhases: (infrastructures) => listPhases(parts, infrastructures),
    describe: (infrastructure, signal) => describeInfrastructure(parts, infrastructure, signal),
    drift: (infrastructure, signal) => describeDrift(parts, infrastructure, signal),
    planStatus: (plan) => describePlan(parts, plan),
    authority: async ({ id }) => {
      const { certificatePem } = await vault.authority(id);
      return { certificatePem };
    },
    shellEndpoint: async (infrastructure, name, signal) => {
      const { vmm, systemId } = await memberOf(parts, infrastructure, { name, signal });
      const bastion = bastionNetworkOfSystem(infrastructure, systemId);
      const place = { infrastructureId: infrastructure.id, vmm, name };
      return shellEndpointOf(parts.world, bastion === undefined ? place : { ...place, bastion }, signal);
    },
    readConsole: async (infrastructure, name, signal) => {
      const { vmm } = await memberOf(parts, infrastructure, { name, signal });
      const driver = await vmms.open(vmm);
      return driver.readConsole(name, signal);
    },
  };
}

type Lookups = Pick<InfrastructureService, 'get' | 'getPlan'>;

function lookups({ world: { store } }: InfrastructureServiceParts): Lookups {
  return {
    get: async (id) => {
      const infrastructure = await store.find(id);
      if (infrastructure) return infrastructure;
      throw new PlatformError('not-found', `There is no infrastructure ${id}.`, { subject: id });
    },
    getPlan: async (id) => {
      const plan = await store.findPlan(id);
      if (plan) return plan;
      throw new PlatformError('not-found', `There is no plan ${id}.`, { subject: id });
    },
  };
}

function noteOf({ audit }: InfrastructureServiceParts) {
  return async (infrastructure: Infrastructure, actor: string, act: string, detail = {}) => {
    const { id, name, owner } = infrastructure;
    const subject = { kind: 'infrastructure', id };
    await audit?.write({ actor, act, owner, subject, detail: { name, ...detail } });
  };
}

type Transfers = Pick<InfrastructureService, 'release' | 'exportToPeer' | 'importFromPeer'>;

function transfers(parts: InfrastructureServiceParts): Transfers {
  const { get } = lookups(parts);
  const note = noteOf(parts);
  return {
    release: async (id, { actor }) => {
      const before = await get(id);
      const released = await releaseInfrastructure(parts, before);
      if (!before.releasedAt) await note(released, actor, 'release');
      return released;
    },
    exportToPeer: async (infrastructure, { actor }) => {
      const bundle = await exportToPeer(parts.world, infrastructure);
      await note(infrastructure, actor, 'export');
      return bundle;
    },
    importFromPeer: async (bundle, importer) => {
      const infrastructure = await importFromPeer(parts.world, bundle, importer);
      await note(infrastructure, importer.owner, 'import');
      return infrastructure;
    },
  };
}

type Changes = Pick<InfrastructureService, 'plan' | 'planChange' | 'apply' | 'destroy' | 'changeTerms'>;

function changes(parts: InfrastructureServiceParts): Changes {
  const { get, getPlan } = lookups(parts);
  const note = noteOf(parts);
  return {
    plan: (request, signal) => planDeployRequest(parts, request, signal),
    planChange: async (id, { actor, ...request }, signal) =>
      planChange(parts, { infrastructure: await get(id), request, actor }, signal),
    apply: async (planId, { actor, onFailure }, signal) => {
      const plan = await getPlan(planId);
      const infrastructure = await get(plan.infrastructureId);
      await applyPlan(parts, { plan, infrastructure, onFailure }, signal);
      await note(infrastructure, actor, plan.kind, { planId });
    },
    destroy: async (id, { actor }, signal) => {
      const plan = await destroyInfrastructure(parts, () => get(id), { actor, signal });
      await note(await get(id), actor, 'destroy', { planId: plan.id });
      return plan;
    },
    changeTerms: async (id, { actor, ...terms }) => {
      await parts.world.store.updateTerms(id, terms);
      await parts.world.store.requestAttention(id, parts.world.clock.now());
      const infrastructure = await get(id);
      await note(infrastructure, actor, 'change-terms', terms);
      return infrastructure;
    },
  };
}

/** That VM of the infrastructure, which is there. */
async function memberOf(
  { world }: InfrastructureServiceParts,
  infrastructure: Infrastructure,
  { name, signal }: { readonly name: VmName; readonly signal: AbortSignal },
): Promise<Member> {
  const residents = await findResidents(world, infrastructure, signal);
  const resident = residents.find(({ vm }) => vm.name === name);
  if (resident) return resident.member;
  throw new PlatformError('not-found', `Infrastructure '${infrastructure.name}' has no VM ${name}.`, {
    subject: name,
  });
}

import { isDeepStrictEqual } from 'node:util';
import { PlatformError } from '@trencadis/errors';
import {
  type InfrastructureId,
  type PlanId,
  type VmName,
  brandId,
  newInfrastructureId,
  newPlanId,
} from '@trencadis/ids';
import type { SagaRunner } from '@trencadis/saga';
import type { ShellEndpoint } from '@trencadis/contextualization';
import { shellEndpointOf } from './connect-to-vm.ts';
import { describeInfrastructure } from './describe.ts';
import { planStatusOf, sagaStatusOf } from './follow-plan.ts';
import type {
  Infrastructure,
  InfrastructureStatus,
  Plan,
  PlanKind,
  PlannedDocument,
  Planning,
} from './model.ts';
import { type PreparationParts, prepareDeploy, prepareDestroy } from './prepare.ts';
import type { StepWorld } from './step-world.ts';
import { stopPlan } from './stop-plan.ts';

export interface InfrastructureServiceParts extends PreparationParts {
  readonly sagas: SagaRunner<StepWorld>;
}

export interface DeployRequest {
  readonly owner: string;
  /** Unique for the owner. A name in use: its infrastructure is planned towards the new document. */
  readonly name: string;
  readonly document: PlannedDocument;
}

export interface ApplyOptions {
  /** What to do when a step fails for good. */
  readonly onFailure: 'undo' | 'keep';
}

/** The infrastructure manager (paper 4.4): every change is planned, stored, shown, then applied durably. */
export interface InfrastructureService {
  /** Plans towards a document and stores the plan; changes nothing at a VM manager. */
  plan(request: DeployRequest, signal: AbortSignal): Promise<Planning>;
  /** Starts a stored plan and answers at once. Idempotent. World changed since, or another plan running: `conflict`. */
  apply(planId: PlanId, options: ApplyOptions, signal: AbortSignal): Promise<void>;
  /** Stops what runs, then removes everything and starts doing so. Called again: answers the plan that is at it. */
  destroy(id: InfrastructureId, signal: AbortSignal): Promise<Plan>;
  getPlan(id: PlanId): Promise<Plan>;
  get(id: InfrastructureId): Promise<Infrastructure>;
  list(owner: string): Promise<readonly Infrastructure[]>;
  /** Observes the VM managers and derives the status; nothing of it is stored. */
  describe(infrastructure: Infrastructure, signal: AbortSignal): Promise<InfrastructureStatus>;
  /** The certificate that clients of the infrastructure's services trust. */
  authority(infrastructure: Infrastructure): Promise<{ readonly certificatePem: string }>;
  /** Where and with which key an administrator reaches a VM. The answer holds a private key: for its owner only. */
  shellEndpoint(infrastructure: Infrastructure, vmName: VmName, signal: AbortSignal): Promise<ShellEndpoint>;
}

export function createInfrastructureService(parts: InfrastructureServiceParts): InfrastructureService {
  const { store } = parts.world;
  const get = async (id: InfrastructureId) => {
    const infrastructure = await store.find(id);
    if (!infrastructure)
      throw new PlatformError('not-found', `There is no infrastructure ${id}.`, { subject: id });
    return infrastructure;
  };
  const getPlan = async (id: PlanId) => {
    const plan = await store.findPlan(id);
    if (!plan) throw new PlatformError('not-found', `There is no plan ${id}.`, { subject: id });
    return plan;
  };
  return {
    get,
    getPlan,
    list: (owner) => store.list(owner),
    describe: (infrastructure, signal) => describeInfrastructure(parts, infrastructure, signal),
    authority: async ({ id }) => {
      const { certificatePem } = await parts.world.vault.authority(id);
      return { certificatePem };
    },
    shellEndpoint: (infrastructure, vmName, signal) =>
      shellEndpointOfVm(parts, infrastructure, { vmName, signal }),
    plan: (request, signal) => planTowards(parts, request, signal),
    apply: async (planId, options, signal) => {
      const plan = await getPlan(planId);
      await applyPlan(parts, { plan, infrastructure: await get(plan.infrastructureId), ...options }, signal);
    },
    destroy: (id, signal) => destroyInfrastructure(parts, () => get(id), signal),
  };
}

async function planTowards(
  parts: InfrastructureServiceParts,
  request: DeployRequest,
  signal: AbortSignal,
): Promise<Planning> {
  const { store, clock } = parts.world;
  const { owner, name, document } = request;
  const existing = await store.findByName(owner, name);
  if (existing) refuseWhenDestroying(existing);
  const infrastructure: Infrastructure = {
    ...(existing ?? {
      id: newInfrastructureId(),
      name,
      owner,
      createdAt: clock.now(),
      isDestroyRequested: false,
    }),
    ...document,
  };
  const preparation = await prepareDeploy(parts, infrastructure, signal);
  if (preparation.kind === 'problems') return preparation;
  if (!existing) await store.insert(infrastructure);
  const plan = planOf(infrastructure, 'deploy', clock.now(), preparation);
  await store.insertPlan(plan);
  return { kind: 'planned', infrastructure, plan, diagnostics: preparation.diagnostics };
}

function planOf(
  { id, radl, dialect, parameters }: Infrastructure,
  kind: PlanKind,
  createdAt: Date,
  {
    steps,
    desired,
  }: { readonly steps: Plan['steps']; readonly desired?: { readonly images: Plan['images'] } },
): Plan {
  const document = { radl, dialect, parameters };
  return {
    id: newPlanId(),
    infrastructureId: id,
    kind,
    document,
    steps,
    images: desired?.images ?? [],
    createdAt,
  };
}

interface Application extends ApplyOptions {
  readonly plan: Plan;
  readonly infrastructure: Infrastructure;
}

async function applyPlan(
  parts: InfrastructureServiceParts,
  application: Application,
  signal: AbortSignal,
): Promise<void> {
  const { plan, infrastructure, onFailure } = application;
  const { store } = parts.world;
  if (infrastructure.activePlanId !== plan.id) {
    refuseWhenDestroying(infrastructure);
    await refuseWhenApplied(parts, plan);
    await refuseWhenBusy(parts, infrastructure);
    await refuseWhenStale(parts, application, signal);
    await claim(parts, infrastructure, plan);
  }
  await store.updateDocument({ ...infrastructure, ...plan.document });
  if (plan.steps.length > 0) await parts.sagas.start({ planId: plan.id, steps: plan.steps, onFailure });
}

function refuseWhenDestroying({ name, id, isDestroyRequested }: Infrastructure): void {
  if (!isDestroyRequested) return;
  throw new PlatformError(
    'conflict',
    `Infrastructure '${name}' is being destroyed; wait for that, then deploy again.`,
    { subject: id },
  );
}

/** Its saga would not run again, although nothing says that its work is still there. */
async function refuseWhenApplied({ sagas }: InfrastructureServiceParts, { id }: Plan): Promise<void> {
  if ((await sagaStatusOf(sagas, id)) === 'planned') return;
  throw new PlatformError('conflict', `Plan ${id} was applied before; plan again.`, { subject: id });
}

/** Also while it is about to start: the process that claimed its place may be between the two. */
async function refuseWhenBusy(
  { world, sagas }: InfrastructureServiceParts,
  { id, name, activePlanId }: Infrastructure,
): Promise<void> {
  const active = activePlanId && (await world.store.findPlan(activePlanId));
  if (!active) return;
  const status = await planStatusOf(sagas, active);
  if (status !== 'planned' && status !== 'running' && status !== 'undoing') return;
  const remedy =
    status === 'planned'
      ? `is about to start; if it does not, apply it again, or destroy '${name}'`
      : `is running; wait until it ends, or destroy '${name}'`;
  throw new PlatformError('conflict', `Plan ${active.id} of '${name}' ${remedy}.`, { subject: id });
}

/** A plan is applied only to the world that it was made for. */
async function refuseWhenStale(
  parts: InfrastructureServiceParts,
  { plan, infrastructure }: Application,
  signal: AbortSignal,
): Promise<void> {
  const now = await prepareDeploy(parts, { ...infrastructure, ...plan.document }, signal);
  // The stored steps have been through JSON, which drops prototypes and absent keys.
  if (now.kind === 'prepared' && isDeepStrictEqual(JSON.parse(JSON.stringify(now.steps)), plan.steps)) return;
  throw new PlatformError(
    'conflict',
    `'${infrastructure.name}' or what it builds on changed since plan ${plan.id} was made; plan again.`,
    {
      subject: plan.id,
    },
  );
}

async function claim(
  { world }: InfrastructureServiceParts,
  infrastructure: Infrastructure,
  plan: Plan,
): Promise<void> {
  const outcome = await world.store.claimActivePlan(infrastructure.id, plan.id, infrastructure.activePlanId);
  if (outcome === 'claimed') return;
  throw new PlatformError(
    'conflict',
    `Another plan of '${infrastructure.name}' was started at the same moment; plan again.`,
    {
      subject: infrastructure.id,
    },
  );
}

/** `get` reads again after the request to destroy: from then on nothing else is applied. */
async function destroyInfrastructure(
  parts: InfrastructureServiceParts,
  get: () => Promise<Infrastructure>,
  signal: AbortSignal,
): Promise<Plan> {
  const { world, sagas } = parts;
  await world.store.requestDestroy((await get()).id);
  const infrastructure = await get();
  const { id, activePlanId } = infrastructure;
  const active = activePlanId && (await world.store.findPlan(activePlanId));
  if (active && active.kind === 'destroy') {
    if (infrastructure.destroyedAt) return active;
    const status = await sagaStatusOf(sagas, active.id);
    if (status === 'planned' || status === 'running') return startDestroy(parts, active);
  } else if (active) await stopPlan(sagas, active, signal);
  const steps = await prepareDestroy(parts, infrastructure, signal);
  const plan = planOf(infrastructure, 'destroy', world.clock.now(), { steps });
  await world.store.insertPlan(plan);
  const outcome = await world.store.claimActivePlan(id, plan.id, activePlanId);
  return outcome === 'claimed' ? startDestroy(parts, plan) : destroyInfrastructure(parts, get, signal);
}

async function startDestroy({ sagas }: InfrastructureServiceParts, plan: Plan): Promise<Plan> {
  await sagas.start({ planId: plan.id, steps: plan.steps, onFailure: 'keep' });
  return plan;
}

async function shellEndpointOfVm(
  { world }: InfrastructureServiceParts,
  { id, name }: Infrastructure,
  { vmName, signal }: { readonly vmName: VmName; readonly signal: AbortSignal },
): Promise<ShellEndpoint> {
  const tag = brandId('Tag', id);
  for (const [vmm, driver] of world.vmms) {
    const vms = await driver.listVms(tag, signal);
    if (vms.some((vm) => vm.name === vmName))
      return shellEndpointOf(world, { infrastructureId: id, vmm, name: vmName }, signal);
  }
  throw new PlatformError('not-found', `Infrastructure '${name}' has no VM ${vmName}.`, { subject: vmName });
}

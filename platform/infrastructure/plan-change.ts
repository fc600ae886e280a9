import { isDeepStrictEqual } from 'node:util';
import { PlatformError } from '@trencadis/errors';
import { type PlanId, type VmName, newInfrastructureId, newPlanId, sha256OfJson } from '@trencadis/ids';
import { hasErrors, readRadl } from '@trencadis/radl';
import type { PlannedStep } from '@trencadis/saga';
import type { ChangeRequest } from './change-request.ts';
import { costOf } from './cost.ts';
import { planDestruction } from './destroy-infrastructure.ts';
import { type NewTarget, newTarget } from './new-target.ts';
import type { GivenDocument, Infrastructure, Plan, PlanKind, Planning, Target } from './model.ts';
import { digestOf } from './observe.ts';
import { planDeploy } from './plan.ts';
import { planImpulse } from './plan-impulse.ts';
import { adoptTargetStep } from './planned-steps.ts';
import { type PreparationParts, type Prepared, offersTo, prepare } from './prepare.ts';
import { quotaFits } from './quota.ts';
import { refuseWhenReleased } from './release-infrastructure.ts';
import { vmName } from './resource-names.ts';
import { outdatedReplicas } from './services/outdated-replicas.ts';
import { type Replacement, scopeOfReplacement } from './services/replacement-scope.ts';
import { withTarget } from './target-of.ts';

export interface DeployRequest {
  readonly owner: string;
  /** Unique for the owner. A name in use: its infrastructure is planned towards the new document. */
  readonly name: string;
  /** Then a name in use is `already-exists`. */
  readonly mustBeNew?: boolean;
  /** Of a new one: VM managers that had no room when it was tried before. */
  readonly refusals?: readonly string[];
  readonly document: GivenDocument;
  /** Who asks, where it is not the owner. */
  readonly actor?: string;
  /** When it is destroyed by itself; `null`: never. One that is there takes it over when the plan is applied. */
  readonly expiresAt?: Date | null;
}

/** Plans towards a document and stores the plan, and the infrastructure if it is new. */
export async function planDeployRequest(
  parts: PreparationParts,
  request: DeployRequest,
  signal: AbortSignal,
): Promise<Planning> {
  const { store, clock } = parts.world;
  const { owner, name, document, actor = owner, expiresAt } = request;
  const existing = await store.findByName(owner, name);
  if (existing && request.mustBeNew === true) refuseNameInUse(name);
  if (existing)
    return planChange(
      parts,
      {
        infrastructure: existing,
        request: { kind: 'deploy', document },
        actor,
        ...(expiresAt === undefined ? {} : { expiresAt }),
      },
      signal,
    );
  const infrastructure = newInfrastructure(request, clock.now());
  const decided = { target: { ...infrastructure, ...document } };
  const draft: PlanDraft = { infrastructure, decided, kind: 'deploy', actor };
  const drafted = await draftPlan(parts, draft, signal);
  if (drafted.kind === 'problems') return drafted;
  await store.insert(infrastructure);
  if (expiresAt) await store.requestAttention(infrastructure.id, expiresAt);
  await store.insertPlan(drafted.plan);
  return { ...drafted, infrastructure };
}

function newInfrastructure(
  { name, owner, document, refusals = [], expiresAt }: DeployRequest,
  createdAt: Date,
): Infrastructure {
  return {
    ...document,
    members: [],
    nextOrdinal: 0,
    refusals,
    usage: { vms: 0, cpuCount: 0, memoryMiB: 0 },
    id: newInfrastructureId(),
    name,
    owner,
    createdAt,
    vmms: [],
    shares: [],
    isDestroyRequested: false,
    ...(expiresAt ? { expiresAt } : {}),
  };
}

function refuseNameInUse(name: string): never {
  const message = `You have an infrastructure '${name}' already; choose another name.`;
  throw new PlatformError('already-exists', message, { subject: name });
}

export interface ChangeOfInfrastructure {
  readonly infrastructure: Infrastructure;
  readonly request: ChangeRequest;
  readonly actor: string;
  /** Only these VMs are brought back, whatever else differs. */
  readonly only?: ReadonlySet<VmName>;
  readonly expiresAt?: Date | null;
}

/** Plans a change of what is deployed and stores the plan. Changes nothing at a VM manager. */
export async function planChange(
  parts: PreparationParts,
  { infrastructure, request, actor, only, expiresAt }: ChangeOfInfrastructure,
  signal: AbortSignal,
): Promise<Planning> {
  refuseWhenDestroying(infrastructure);
  if (request.kind === 'destroy') return planDestruction(parts, infrastructure, { actor, signal });
  const { radl, dialect, parameters: inputs } = infrastructure;
  const { document, diagnostics } = readRadl(radl, { dialect, inputs, canHaveOtherValues: true });
  if (request.kind !== 'deploy' && hasErrors(diagnostics)) return { kind: 'problems', diagnostics };
  const offers = request.kind === 'remove' ? await offersTo(parts, infrastructure) : [];
  const cloudNames = new Map(offers.map(({ key, name }) => [key, name]));
  const decided = newTarget(infrastructure, { document, cloudNames }, request);
  const scope = only ?? scopeOf(infrastructure, request);
  const draft: PlanDraft = {
    infrastructure,
    decided,
    kind: request.kind,
    actor,
    isContextualized: hasContextualization(request),
    ...(scope ? { only: scope } : {}),
    ...ofReplicas(request),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
  return planTarget(parts, draft, signal);
}

/** Plans towards a target that is decided, and stores the plan. */
export async function planTarget(
  parts: PreparationParts,
  draft: PlanDraft,
  signal: AbortSignal,
): Promise<Planning> {
  const drafted = await draftPlan(parts, draft, signal);
  if (drafted.kind === 'problems') return drafted;
  await parts.world.store.insertPlan(drafted.plan);
  return { ...drafted, infrastructure: draft.infrastructure };
}

/** What a request about replicas touches, and how. */
function ofReplicas(request: ChangeRequest): Pick<PlanDraft, 'replacement' | 'anew'> {
  if (request.kind === 'scale') return { replacement: request };
  return request.kind === 'roll' && request.anew ? { anew: new Set(request.anew) } : {};
}

function hasContextualization(request: ChangeRequest): boolean {
  return 'isContextualized' in request ? request.isContextualized : true;
}

/** Turning VMs on or off leaves all others alone; so does bringing replicas up to date. */
function scopeOf({ id, members }: Infrastructure, request: ChangeRequest): ReadonlySet<VmName> | undefined {
  if (request.kind === 'roll') return new Set(request.vms);
  if (request.kind !== 'start' && request.kind !== 'stop') return undefined;
  return new Set(request.vms ?? members.map(({ systemId, number }) => vmName(id, systemId, number)));
}

export function refuseWhenDestroying(infrastructure: Infrastructure): void {
  refuseWhenReleased(infrastructure);
  const { name, id, isDestroyRequested } = infrastructure;
  if (!isDestroyRequested) return;
  const message = `Infrastructure '${name}' is being destroyed; wait for that, then deploy again.`;
  throw new PlatformError('conflict', message, { subject: id });
}

export interface PlanDraft {
  readonly infrastructure: Infrastructure;
  readonly decided: NewTarget;
  readonly kind: PlanKind;
  readonly actor: string;
  readonly only?: ReadonlySet<VmName>;
  /** Of replicas: only those that come and leave are touched, and what builds on them. */
  readonly replacement?: Replacement;
  /** Made anew although nothing of them differs. */
  readonly anew?: ReadonlySet<VmName>;
  /** The plan that found no room, and goes on as this one. */
  readonly continues?: PlanId;
  /** `false`: without steps of contextualization. Default `true`. */
  readonly isContextualized?: boolean;
  readonly expiresAt?: Date | null;
}

async function draftPlan(parts: PreparationParts, draft: PlanDraft, signal: AbortSignal) {
  const { infrastructure, decided, kind, actor, continues, expiresAt } = draft;
  const { impulse, leaving } = decided;
  const preparation = await prepare(
    parts,
    { ...withTarget(infrastructure, decided.target), leaving },
    signal,
  );
  if (preparation.kind === 'problems') return preparation;
  const { target, desired, observed, offers, diagnostics } = preparation;
  const cost = costOf(desired.vms, offers);
  const planId = newPlanId();
  const steps = stepsOf(preparation, draft);
  const plan: Plan = {
    id: planId,
    infrastructureId: infrastructure.id,
    kind,
    target,
    ...(impulse ? { impulse } : {}),
    ...(continues ? { continues } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt?.toISOString() ?? null }),
    steps: isChanged(infrastructure, target)
      ? withAdoption(steps, draft, { planId, waiting: waitingReplicas(preparation, draft) })
      : steps,
    images: desired.images,
    placements: desired.placements,
    ...(cost ? { cost } : {}),
    quotas: quotaFits(preparation),
    ...(infrastructure.activePlanId === undefined ? {} : { basedOn: infrastructure.activePlanId }),
    persistentDisks: desired.disks.filter(({ isPersistent }) => isPersistent).map(({ name: disk }) => disk),
    observedDigest: digestOf(observed),
    createdAt: parts.world.clock.now(),
    createdBy: actor,
  };
  return { kind: 'planned' as const, plan, diagnostics };
}

function stepsOf(
  { desired, observed }: Prepared,
  { infrastructure, decided: { impulse }, only, anew, replacement, isContextualized = true }: PlanDraft,
): readonly PlannedStep[] {
  if (impulse) return planImpulse(desired, observed, impulse);
  const scope = replacement
    ? scopeOfReplacement(infrastructure, { desired, observed }, replacement)
    : { ...(only ? { only } : {}), ...(anew ? { anew } : {}) };
  return planDeploy(desired, observed, { hash: sha256OfJson, isContextualized, ...scope });
}

/** Requests that change what shall be; when they are undone, that is what it was. */
const adopting: ReadonlySet<PlanKind> = new Set(['deploy', 'add', 'alter', 'start', 'stop', 'scale']);

/**
 * Of an infrastructure that was brought about before. What a first plan asks for stays when it is undone, to be planned
 * again; so does a removal, as VMs that are deleted do not come back.
 */
function withAdoption(
  steps: readonly PlannedStep[],
  { infrastructure, kind, decided }: PlanDraft,
  { planId, waiting }: { readonly planId: PlanId; readonly waiting: readonly VmName[] },
): readonly PlannedStep[] {
  const { id: infrastructureId, activePlanId } = infrastructure;
  const isNothing =
    steps.length === 0 && waiting.length === 0 && !isStandbyOther(infrastructure, decided.target);
  if (isNothing || activePlanId === undefined || !adopting.has(kind)) return steps;
  const adoption = adoptTargetStep({ infrastructureId, planId }, waiting);
  const isFirst = ({ after }: PlannedStep) => after.length === 0;
  return [adoption, ...steps.map((step) => (isFirst(step) ? { ...step, after: [adoption.id] } : step))];
}

/** Who is let in by later plans is another one, though nothing has to be done for it now. */
function isStandbyOther(before: Target, after: Target): boolean {
  const standby = ({ members }: Target) =>
    members.flatMap(({ ordinal, isStandby }) => (isStandby === true ? [ordinal] : []));
  return !isDeepStrictEqual(standby(before), standby(after));
}

/** Replicas that this plan leaves as they are, and that are brought up to date after it. */
function waitingReplicas(
  { desired, observed }: Prepared,
  { kind, only, replacement }: PlanDraft,
): readonly VmName[] {
  if (kind === 'scale' || only !== undefined || replacement !== undefined) return [];
  return outdatedReplicas(desired, observed, sha256OfJson);
}

function isChanged(before: Target, after: Target): boolean {
  const parts = ({ radl, dialect, parameters, members, replicas, components }: Target) => [
    radl,
    dialect,
    parameters,
    members,
    replicas,
    components,
  ];
  return !isDeepStrictEqual(parts(before), parts(after));
}

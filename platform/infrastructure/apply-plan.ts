import { later, parseInstant } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { SagaRunner } from '@trencadis/saga';
import { hasEnded, planStatusOf, sagaStatusOf } from './follow-plan.ts';
import type { Infrastructure, Plan } from './model.ts';
import { digestOf, observe } from './observe.ts';
import { refuseWhenDestroying } from './plan-change.ts';
import type { PreparationParts } from './prepare.ts';
import type { StepWorld } from './step-world.ts';

export interface ApplyOptions {
  /** What to do when a step fails for good. */
  readonly onFailure: 'undo' | 'keep';
}

export interface ApplyParts extends PreparationParts {
  readonly sagas: SagaRunner<StepWorld>;
}

const firstLookMs = 1_000;

interface Application extends ApplyOptions {
  readonly plan: Plan;
  readonly infrastructure: Infrastructure;
}

/** Starts a stored plan and answers at once. Idempotent. World changed since, or another plan running: `conflict`. */
export async function applyPlan(
  parts: ApplyParts,
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
    await takeLease(parts, plan);
  }
  if (plan.kind === 'destroy') return removeAll(parts, plan);
  // Before anything is made there: from now on destroying looks at all of these.
  await store.updateTarget(infrastructure.id, plan.target, {
    planId: plan.id,
    vmms: plan.placements.map(({ vmm }) => vmm),
  });
  // Before it runs: the reconciler goes on with what finds no room, and keeps what was deployed.
  await store.requestAttention(infrastructure.id, later(parts.world.clock.now(), firstLookMs));
  if (plan.steps.length > 0) await parts.sagas.start({ planId: plan.id, steps: plan.steps, onFailure });
}

/** From the request on nothing else is planned or applied. */
async function removeAll({ world, sagas }: ApplyParts, plan: Plan): Promise<void> {
  await world.store.requestDestroy(plan.infrastructureId);
  await sagas.start({ planId: plan.id, steps: plan.steps, onFailure: 'keep' });
}

/** Its saga would not run again, although nothing says that its work is still there. */
async function refuseWhenApplied({ sagas }: ApplyParts, { id }: Plan): Promise<void> {
  if ((await sagaStatusOf(sagas, id)) === 'planned') return;
  throw new PlatformError('conflict', `Plan ${id} was applied before; plan again.`, { subject: id });
}

/** Also while it is about to start: the process that claimed its place may be between the two. */
async function refuseWhenBusy(
  { world, sagas }: ApplyParts,
  { id, name, activePlanId }: Infrastructure,
): Promise<void> {
  const [active] = activePlanId ? await world.store.findPlanSummaries([activePlanId]) : [];
  if (!active) return;
  const status = await planStatusOf(sagas, active);
  if (hasEnded(status)) return;
  const remedy =
    status === 'planned'
      ? `is about to start; if it does not, apply it again, or destroy '${name}'`
      : `is running; wait until it ends, or destroy '${name}'`;
  throw new PlatformError('conflict', `Plan ${active.id} of '${name}' ${remedy}.`, { subject: id });
}

/** A plan is applied only to the world that it was made for, with images that may still be booted. */
async function refuseWhenStale(
  parts: ApplyParts,
  { plan, infrastructure }: Application,
  signal: AbortSignal,
): Promise<void> {
  const { id, name, vmms, activePlanId } = infrastructure;
  const stale = (why: string) => {
    const message = `${why} since plan ${plan.id} was made; plan again.`;
    return new PlatformError('conflict', message, { subject: plan.id });
  };
  if (activePlanId !== plan.basedOn) throw stale(`Another plan of '${name}' was applied`);
  const { persistentDisks } = plan;
  const all = [...new Set([...vmms, ...plan.placements.map(({ vmm }) => vmm)])];
  const observed = await observe(parts.world, { id, vmms: all, persistentDisks }, signal);
  if (digestOf(observed) !== plan.observedDigest) throw stale(`'${name}' changed`);
  for (const { vmiName, url, digest } of plan.images) {
    if (url !== undefined) continue;
    const known = digest && (await parts.images.withArtifact(infrastructure.owner, digest));
    if (known?.length === 0) throw stale(`Image '${vmiName}' was revoked or removed`);
  }
}

/** Once: whoever changes the lease while the plan runs means it. The reconciler is told of it below. */
async function takeLease({ world }: ApplyParts, { infrastructureId, expiresAt }: Plan): Promise<void> {
  if (expiresAt === undefined) return;
  const lease = { expiresAt: expiresAt === null ? null : parseInstant(expiresAt) };
  await world.store.updateTerms(infrastructureId, lease);
}

async function claim({ world }: ApplyParts, infrastructure: Infrastructure, plan: Plan): Promise<void> {
  const outcome = await world.store.claimActivePlan(infrastructure.id, plan.id, infrastructure.activePlanId);
  if (outcome === 'claimed') return;
  const message = `Another plan of '${infrastructure.name}' was started at the same moment; plan again.`;
  throw new PlatformError('conflict', message, { subject: infrastructure.id });
}

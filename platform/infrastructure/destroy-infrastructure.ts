import { newPlanId } from '@trencadis/ids';
import type { ApplyParts } from './apply-plan.ts';
import { sagaStatusOf } from './follow-plan.ts';
import type { Infrastructure, Plan, Planning } from './model.ts';
import { type PreparationParts, type Removal, prepareDestroy } from './prepare.ts';
import { refuseWhenReleased } from './release-infrastructure.ts';
import { stopPlan } from './stop-plan.ts';
import { targetOf } from './target-of.ts';

interface Destruction {
  readonly actor: string;
  readonly signal: AbortSignal;
}

/** `get` reads again after the request to destroy: from then on nothing else is applied. */
export async function destroyInfrastructure(
  parts: ApplyParts,
  get: () => Promise<Infrastructure>,
  { actor, signal }: Destruction,
): Promise<Plan> {
  const { world, sagas } = parts;
  await world.store.requestDestroy((await get()).id);
  const infrastructure = await get();
  refuseWhenReleased(infrastructure);
  const { id, activePlanId } = infrastructure;
  const active = activePlanId && (await world.store.findPlan(activePlanId));
  if (active && active.kind === 'destroy') {
    if (infrastructure.destroyedAt) return active;
    const status = await sagaStatusOf(sagas, active.id);
    if (status === 'planned' || status === 'running') return startDestroy(parts, active);
  } else if (active) await stopPlan(sagas, active, signal);
  // A plan that was claimed and not noted yet may have made something all the same.
  const vmms = [
    ...new Set([...infrastructure.vmms, ...(active ? active.placements : []).map(({ vmm }) => vmm)]),
  ];
  const removal = await prepareDestroy(parts, { id, vmms }, signal);
  const plan = destroyPlan(infrastructure, removal, { actor, createdAt: world.clock.now() });
  await world.store.insertPlan(plan);
  const outcome = await world.store.claimActivePlan(id, plan.id, activePlanId);
  return outcome === 'claimed'
    ? startDestroy(parts, plan)
    : destroyInfrastructure(parts, get, { actor, signal });
}

/** The plan that would remove everything, stored to be shown and applied. Of the world as it is: another one, and it is stale. */
export async function planDestruction(
  { world }: Pick<PreparationParts, 'world'>,
  infrastructure: Infrastructure,
  { actor, signal }: Destruction,
): Promise<Planning> {
  const removal = await prepareDestroy({ world }, infrastructure, signal);
  const plan = destroyPlan(infrastructure, removal, { actor, createdAt: world.clock.now() });
  await world.store.insertPlan(plan);
  return { kind: 'planned', infrastructure, plan, diagnostics: [] };
}

function destroyPlan(
  infrastructure: Infrastructure,
  { steps, observedDigest }: Removal,
  { actor, createdAt }: { readonly actor: string; readonly createdAt: Date },
): Plan {
  const { id, activePlanId } = infrastructure;
  return {
    id: newPlanId(),
    infrastructureId: id,
    kind: 'destroy',
    target: targetOf(infrastructure),
    steps,
    images: [],
    placements: [],
    quotas: [],
    persistentDisks: [],
    ...(activePlanId === undefined ? {} : { basedOn: activePlanId }),
    observedDigest,
    createdAt,
    createdBy: actor,
  };
}

async function startDestroy({ sagas }: ApplyParts, plan: Plan): Promise<Plan> {
  await sagas.start({ planId: plan.id, steps: plan.steps, onFailure: 'keep' });
  return plan;
}

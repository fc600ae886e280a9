import { isPlatformError } from '@trencadis/errors';
import { applyPlan } from './apply-plan.ts';
import { decideFallback, displacedTarget, isRefusedAgain } from './decide-fallback.ts';
import type { Infrastructure, Plan } from './model.ts';
import { planTarget } from './plan-change.ts';
import { planRepair, repairedSystemsOf } from './reconcile-repair.ts';
import {
  type LastPlan,
  type Look,
  type ReconcilerParts,
  noteOwnAct,
  reconcilerActor,
} from './reconciler-parts.ts';
import { findResidents } from './residents.ts';

/**
 * A plan that was undone as a VM manager had no room goes on elsewhere (paper 4.4: the next candidate). Answers whether
 * there was something to do.
 */
export async function fallBack(
  parts: ReconcilerParts,
  { infrastructure, signal }: Look,
  { plan, saga }: LastPlan,
): Promise<boolean> {
  const { store } = parts.world;
  if (plan.continues) await store.setContinuation(plan.continues, plan.id);
  if (saga !== 'undone' || (await store.findContinuation(plan.id)) !== undefined) return false;
  const refusals = decideFallback(plan, await parts.sagas.events(plan.id));
  if (refusals === undefined) return false;
  const next = await planElsewhere(parts, { infrastructure, plan, refusals }, signal);
  if (next === undefined || isRefusedAgain(next, refusals)) {
    await store.setContinuation(plan.id, 'none');
    return true;
  }
  await applyPlan(parts, { plan: next, infrastructure, onFailure: 'undo' }, signal);
  // Should this process end here, the next one reads it from the plan that runs.
  await store.setContinuation(plan.id, next.id);
  const because = `no room at ${refusals.join(', ')}: ${plan.id} goes on elsewhere`;
  await noteOwnAct(parts, infrastructure, {
    actor: reconcilerActor,
    act: next.kind,
    planId: next.id,
    because,
  });
  return true;
}

interface Displacement {
  readonly infrastructure: Infrastructure;
  readonly plan: Plan;
  readonly refusals: readonly string[];
}

/** `undefined`: what does not depend on the moment speaks against it, such as a quota of the owner's. */
async function planElsewhere(
  parts: ReconcilerParts,
  { infrastructure, plan, refusals }: Displacement,
  signal: AbortSignal,
): Promise<Plan | undefined> {
  const residents = await findResidents(parts.world, infrastructure, signal);
  const there = new Set(residents.map(({ member }) => member));
  const target = displacedTarget(infrastructure, refusals, (member) => there.has(member));
  const { kind, createdBy: actor, id: continues } = plan;
  try {
    if (actor === reconcilerActor) {
      const repairedSystems = repairedSystemsOf(infrastructure);
      return await planRepair(parts, { infrastructure, repairedSystems, target, continues }, signal);
    }
    const planning = await planTarget(
      parts,
      { infrastructure, decided: { target }, kind, actor, continues },
      signal,
    );
    return planning.kind === 'planned' ? planning.plan : undefined;
  } catch (error) {
    if (isPlatformError(error, 'unavailable')) throw error;
    parts.log.warn(
      { infrastructureId: infrastructure.id, planId: plan.id, error },
      'no other place was found',
    );
    return undefined;
  }
}

import { later } from '@trencadis/clock';
import type { InfrastructureId } from '@trencadis/ids';
import { applyPlan } from './apply-plan.ts';
import { canFallBack } from './decide-fallback.ts';
import { isRunning, planStatusOf } from './follow-plan.ts';
import type { Infrastructure } from './model.ts';
import { fallBack } from './reconcile-fallback.ts';
import { endLease } from './reconcile-lease.ts';
import { isKept, isOwnRepair, repair, repairedSystemsOf } from './reconcile-repair.ts';
import type { LastPlan, Look, ReconcilerParts } from './reconciler-parts.ts';

/** Between two looks at a plan that may have to go on elsewhere. */
const fallbackLookMs = 1_000;

/**
 * Looks at one infrastructure: what has expired is destroyed, what found no room goes on elsewhere, what was lost is
 * repaired where the document says so. Takes no hint of what changed, and may be called at any time, by any process.
 * Answers when to look again; `undefined`: there is nothing to keep.
 */
export async function reconcile(
  parts: ReconcilerParts,
  id: InfrastructureId,
  { intervalMs, signal }: Omit<Look, 'infrastructure'>,
): Promise<Date | undefined> {
  const infrastructure = await parts.world.store.find(id);
  if (!infrastructure || infrastructure.destroyedAt) return undefined;
  const look = { infrastructure, intervalMs, signal };
  const last = await lastPlanOf(parts, infrastructure);
  const { expiresAt, isDestroyRequested } = infrastructure;
  if (expiresAt && expiresAt <= parts.world.clock.now()) return endLease(parts, look, last);
  const next = last && !isDestroyRequested ? await keep(parts, look, last) : undefined;
  return [next, expiresAt]
    .filter((each) => each !== undefined)
    .toSorted((one, other) => one.getTime() - other.getTime())[0];
}

async function lastPlanOf(
  { world, sagas }: ReconcilerParts,
  { activePlanId }: Infrastructure,
): Promise<LastPlan | undefined> {
  const plan = activePlanId && (await world.store.findPlan(activePlanId));
  return plan && { plan, saga: await planStatusOf(sagas, plan) };
}

async function keep(parts: ReconcilerParts, look: Look, last: LastPlan): Promise<Date | undefined> {
  const soon = (ms: number) => later(parts.world.clock.now(), ms);
  if (last.saga === 'planned') return startOwn(parts, look, last);
  if (isRunning(last.saga)) {
    if (canFallBack(last.plan)) return soon(fallbackLookMs);
    return repairedSystemsOf(look.infrastructure).size > 0 ? soon(look.intervalMs) : undefined;
  }
  if (await fallBack(parts, look, last)) return soon(fallbackLookMs);
  return isKept(last) ? repair(parts, look, last) : undefined;
}

/** Claimed and not started: whoever did that is about to start it, or ended in between. Own plans go on. */
async function startOwn(
  parts: ReconcilerParts,
  { infrastructure, intervalMs, signal }: Look,
  { plan }: LastPlan,
): Promise<Date> {
  if (isOwnRepair(plan) || plan.continues)
    await applyPlan(parts, { plan, infrastructure, onFailure: 'undo' }, signal);
  return later(parts.world.clock.now(), intervalMs);
}

import { later } from '@trencadis/clock';
import { destroyInfrastructure } from './destroy-infrastructure.ts';
import { isRunning } from './follow-plan.ts';
import { brakedUntil } from './reconcile-brake.ts';
import {
  type LastPlan,
  type Look,
  type ReconcilerParts,
  leaseActor,
  noteOwnAct,
} from './reconciler-parts.ts';
import type { PlanSummary } from './store.ts';

const isOwnDestroy = ({ kind, createdBy }: PlanSummary) => kind === 'destroy' && createdBy === leaseActor;

/** Destroys what has expired, again when that failed. Answers when to look again. */
export async function endLease(
  parts: ReconcilerParts,
  { infrastructure, intervalMs, signal }: Look,
  last: LastPlan | undefined,
): Promise<Date> {
  const { clock, store } = parts.world;
  const next = later(clock.now(), intervalMs);
  if (last?.plan.kind === 'destroy') {
    if (isRunning(last.saga)) return next;
    const braked = await brakedUntil(parts, infrastructure, isOwnDestroy);
    if (braked && braked > clock.now()) return braked;
  }
  const get = async () => (await store.find(infrastructure.id)) ?? infrastructure;
  const { id: planId } = await destroyInfrastructure(parts, get, { actor: leaseActor, signal });
  const because = `it expired at ${infrastructure.expiresAt?.toISOString()}`;
  await noteOwnAct(parts, infrastructure, { actor: leaseActor, act: 'destroy', planId, because });
  return later(clock.now(), intervalMs);
}

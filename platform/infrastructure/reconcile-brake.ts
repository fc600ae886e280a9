import { later } from '@trencadis/clock';
import type { SagaStatus } from '@trencadis/saga';
import { sagaStatusOf } from './follow-plan.ts';
import type { Infrastructure } from './model.ts';
import type { ReconcilerParts } from './reconciler-parts.ts';
import type { PlanSummary } from './store.ts';

const shortestWaitMs = 30_000;
const longestWaitMs = 30 * 60_000;
/** More of them make the wait no longer. */
const mostFailures = 7;
const failedStatuses: ReadonlySet<SagaStatus> = new Set(['undone', 'kept', 'stuck']);

/**
 * Until when it is left alone after own plans that failed one after the other: 30 s, 1, 2, 4 ... 30 minutes after the
 * end of the last. `undefined`: the last one did not fail. Read from the plans' logs: every process answers the same.
 */
export async function brakedUntil(
  parts: ReconcilerParts,
  infrastructure: Infrastructure,
  isOwn: (plan: PlanSummary) => boolean,
): Promise<Date | undefined> {
  const failures = await failuresInARow(parts, infrastructure, isOwn);
  const [newest] = failures;
  const end = newest && (await parts.sagas.events(newest.id)).at(-1)?.at;
  return end && later(end, Math.min(longestWaitMs, shortestWaitMs * 2 ** (failures.length - 1)));
}

/** Newest first. Plans that were never applied, as something changed meanwhile, do not count. */
async function failuresInARow(
  { world, sagas }: ReconcilerParts,
  { id }: Infrastructure,
  isOwn: (plan: PlanSummary) => boolean,
): Promise<readonly PlanSummary[]> {
  const failures: PlanSummary[] = [];
  for (const plan of await world.store.listPlans(id)) {
    if (failures.length === mostFailures) return failures;
    const saga = await sagaStatusOf(sagas, plan.id);
    if (saga === 'planned') continue;
    if (!isOwn(plan) || !failedStatuses.has(saga)) return failures;
    failures.push(plan);
  }
  return failures;
}

import { later } from '@trencadis/clock';
import { sagaStatusOf } from './follow-plan.ts';
import type { Infrastructure } from './model.ts';
import type { ReconcilerParts } from './reconciler-parts.ts';
import type { PlanSummary } from './store.ts';

const shortestWaitMs = 30_000;
const longestWaitMs = 30 * 60_000;
const mostFailures = 7;

/**
 * Until when it is left alone after own plans that failed one after the other: 30 s, 1, 2, 4 ... 30 minutes after the
 * end of the last. `undefined`: the last one did not fail. Read from the plans' logs: every process answers the same.
 */
export async function brakedUntil(
  { world, sagas }: ReconcilerParts,
  { id }: Infrastructure,
  isOwn: (plan: PlanSummary) => boolean,
): Promise<Date | undefined> {
  let failures = 0;
  let end: Date | undefined;
  for (const plan of await world.store.listPlans(id)) {
    const saga = plan.stepCount === 0 ? 'planned' : await sagaStatusOf(sagas, plan.id);
    // Never applied, as something changed meanwhile.
    if (saga === 'planned') continue;
    if (!isOwn(plan) || (saga !== 'undone' && saga !== 'kept' && saga !== 'stuck')) break;
    failures += 1;
    end ??= (await sagas.events(plan.id)).at(-1)?.at;
    if (failures === mostFailures) break;
  }
  return end && later(end, Math.min(longestWaitMs, shortestWaitMs * 2 ** (failures - 1)));
}

import type { GroupDecision, PlanOutcome } from '@trencadis/availability';
import { isPlatformError } from '@trencadis/errors';
import type { PlanId } from '@trencadis/ids';
import type { Fleet, Group } from './fleet.ts';

export interface Planned {
  readonly planId?: PlanId;
  /** There is no plan to start. */
  readonly outcome?: PlanOutcome;
}

/** Stores the plan of what was decided. `conflict`: somebody else acts, or the world has changed; decided anew later. */
export async function planAction(
  fleet: Fleet,
  { group, decision }: { readonly group: Group; readonly decision: GroupDecision },
  signal: AbortSignal,
): Promise<Planned | 'conflict'> {
  const { action } = decision;
  try {
    const planId =
      action === undefined
        ? await fleet.planRollBack(group, signal)
        : await fleet.plan(group, action, signal);
    return planId === undefined ? { outcome: { isSuccess: true } } : { planId };
  } catch (error) {
    if (!isPlatformError(error) || signal.aborted) throw error;
    if (error.code === 'conflict') return 'conflict';
    const { code, message, details } = error;
    const at = typeof details['cloud'] === 'string' ? { cloud: details['cloud'] } : {};
    return { outcome: { isSuccess: false, errorCode: code, because: message, ...at } };
  }
}

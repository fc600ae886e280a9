import type { InfrastructureId } from '@trencadis/ids';
import { phaseOf } from './derive-status.ts';
import type { DescriptionParts } from './describe.ts';
import { planStatusOf } from './follow-plan.ts';
import type { Infrastructure, InfrastructureStatus } from './model.ts';

export type Phases = ReadonlyMap<InfrastructureId, InfrastructureStatus['phase']>;

/** As their last plans left them: what happened since at the VM managers is not asked for. */
export async function listPhases(
  { world, sagas }: DescriptionParts,
  infrastructures: readonly Infrastructure[],
): Promise<Phases> {
  const active = infrastructures.flatMap(({ activePlanId }) => activePlanId ?? []);
  const plans = new Map((await world.store.findPlanSummaries(active)).map((plan) => [plan.id, plan]));
  const phases = infrastructures.map(async (infrastructure) => {
    const { id, activePlanId } = infrastructure;
    const plan = activePlanId && plans.get(activePlanId);
    const saga = plan && (await planStatusOf(sagas, plan));
    const lastPlan = plan && saga ? { kind: plan.kind, saga } : undefined;
    const finding = saga === 'succeeded' ? 'as-desired' : 'different';
    return [id, phaseOf({ infrastructure, lastPlan, finding })] as const;
  });
  return new Map(await Promise.all(phases));
}

import type { StepEvent } from '@trencadis/saga';
import type { EventView, InfrastructureView, PlanSummaryView, PlanView, StatusView } from './api-schemas.ts';
import type { Infrastructure, InfrastructureStatus, Plan } from './model.ts';
import type { PlanSummary } from './store.ts';

export function viewOf(infrastructure: Infrastructure): InfrastructureView {
  const { id, name, owner, createdAt, members, vmms, shares } = infrastructure;
  const { expiresAt, isDestroyRequested, activePlanId } = infrastructure;
  return {
    id,
    name,
    owner,
    createdAt: createdAt.toISOString(),
    vmCount: members.length,
    vmms,
    shares,
    ...(expiresAt ? { expiresAt: expiresAt.toISOString() } : {}),
    isDestroyRequested,
    ...(activePlanId ? { activePlanId } : {}),
  };
}

export function statusView(infrastructure: Infrastructure, status: InfrastructureStatus): StatusView {
  return { infrastructure: viewOf(infrastructure), ...status };
}

export function planView(plan: Plan): PlanView {
  const { id, infrastructureId, kind, continues, steps, images, placements } = plan;
  const { cost, quotas, expiresAt, createdAt, createdBy } = plan;
  return {
    id,
    infrastructureId,
    kind,
    ...(continues ? { continues } : {}),
    steps,
    images: images.map(({ verdicts, ...choice }) => ({
      ...choice,
      verdicts: verdicts.map(({ holds, because }) => ({ holds, because })),
    })),
    placements,
    ...(cost ? { cost } : {}),
    quotas,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    createdAt: createdAt.toISOString(),
    createdBy,
  };
}

export function planSummaryView({ createdAt, ...summary }: PlanSummary): PlanSummaryView {
  return { ...summary, createdAt: createdAt.toISOString() };
}

export function eventView({ sequence, stepId, kind, at, text, errorCode }: StepEvent): EventView {
  return {
    sequence,
    stepId,
    kind,
    at: at.toISOString(),
    ...(text === undefined ? {} : { text }),
    ...(errorCode === undefined ? {} : { errorCode }),
  };
}

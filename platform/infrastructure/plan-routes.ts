import { parseInstant } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { Handlers } from '@trencadis/http';
import type { PlanId } from '@trencadis/ids';
import type { StepEvent } from '@trencadis/saga';
import { type Access, type InfrastructureCaller, accessOf, requireAccess } from './access.ts';
import type { infrastructureApi } from './api.ts';
import type { EventView, PlanningView } from './api-schemas.ts';
import { followPlan, sagaStatusOf } from './follow-plan.ts';
import type { Plan, Planning } from './model.ts';
import type { InfrastructureHandlersParts } from './routes.ts';
import { eventView, planSummaryView, planView, viewOf } from './views.ts';

type PlanRoute =
  | 'plan'
  | 'planChange'
  | 'listPlans'
  | 'getPlan'
  | 'apply'
  | 'cancel'
  | 'resume'
  | 'followPlan'
  | 'planStatus';
type PlanHandlers = Pick<Handlers<typeof infrastructureApi, InfrastructureCaller>, PlanRoute>;

export function planHandlers(parts: InfrastructureHandlersParts): PlanHandlers {
  return { ...planning(parts), ...running(parts) };
}

function planning({
  service,
}: InfrastructureHandlersParts): Pick<PlanHandlers, 'plan' | 'planChange' | 'listPlans' | 'getPlan'> {
  return {
    plan: async ({ body, caller, signal }) => {
      const { expiresAt, ...request } = body;
      const { owner } = caller;
      const lease =
        expiresAt === undefined ? {} : { expiresAt: expiresAt === null ? null : parseInstant(expiresAt) };
      return planningView(await service.plan({ ...request, ...lease, owner }, signal));
    },
    planChange: async ({ params: { infrastructureId }, body, caller, signal }) => {
      requireAccess(await service.get(infrastructureId), caller, 'change');
      const request = { ...body, actor: caller.owner };
      return planningView(await service.planChange(infrastructureId, request, signal));
    },
    listPlans: async ({ params: { infrastructureId }, caller }) => {
      requireAccess(await service.get(infrastructureId), caller, 'read');
      return { plans: (await service.listPlans(infrastructureId)).map(planSummaryView) };
    },
    getPlan: async ({ params, caller }) =>
      planView(await planFor(service, params.planId, { caller, needed: 'read' })),
  };
}

function running({
  service,
  sagas,
  statuses,
}: InfrastructureHandlersParts): Omit<PlanHandlers, 'plan' | 'planChange' | 'listPlans' | 'getPlan'> {
  const own = (planId: PlanId, caller: InfrastructureCaller, needed: Access) =>
    planFor(service, planId, { caller, needed });
  const begun = async (planId: PlanId, caller: InfrastructureCaller) => {
    const plan = await own(planId, caller, 'change');
    await refuseUnbegun(sagas, plan);
    return plan;
  };
  return {
    apply: async ({ params, body, caller, signal }) => {
      const { id: planId, infrastructureId } = await own(params.planId, caller, 'change');
      await service.apply(planId, { ...body, actor: caller.owner }, signal);
      statuses.forget(infrastructureId);
      return { planId };
    },
    cancel: async ({ params, body, caller }) => {
      const { id: planId } = await begun(params.planId, caller);
      await sagas.requestCancel(planId, body.mode);
      return { planId };
    },
    resume: async ({ params, caller }) => {
      const { id: planId } = await begun(params.planId, caller);
      await sagas.resume(planId);
      return { planId };
    },
    followPlan: async ({ params, query, caller, signal }) => {
      const { id } = await own(params.planId, caller, 'read');
      return eventViews(followPlan(sagas, { planId: id, after: query.after }, signal));
    },
    planStatus: async ({ params, caller }) => service.planStatus(await own(params.planId, caller, 'read')),
  };
}

async function refuseUnbegun(sagas: InfrastructureHandlersParts['sagas'], plan: Plan): Promise<void> {
  if (plan.steps.length > 0 && (await sagaStatusOf(sagas, plan.id)) !== 'planned') return;
  const why = plan.steps.length === 0 ? 'has no steps' : 'was not applied';
  throw new PlatformError('conflict', `Plan ${plan.id} ${why}: nothing of it runs.`, { subject: plan.id });
}

async function planFor(
  service: InfrastructureHandlersParts['service'],
  planId: PlanId,
  { caller, needed }: { readonly caller: InfrastructureCaller; readonly needed: Access },
): Promise<Plan> {
  const plan = await service.getPlan(planId);
  const infrastructure = await service.get(plan.infrastructureId);
  // Named as what was asked for: the infrastructure behind it is no more the caller's business than the plan.
  if (accessOf(infrastructure, caller) === undefined)
    throw new PlatformError('not-found', `There is no plan ${planId}.`, { subject: planId });
  requireAccess(infrastructure, caller, needed);
  return plan;
}

function planningView(planned: Planning): PlanningView {
  if (planned.kind === 'problems') return planned;
  const { infrastructure, plan, diagnostics } = planned;
  return { kind: 'planned', infrastructure: viewOf(infrastructure), plan: planView(plan), diagnostics };
}

async function* eventViews(events: AsyncIterable<StepEvent>): AsyncGenerator<EventView> {
  for await (const event of events) yield eventView(event);
}

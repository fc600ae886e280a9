import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { Handlers } from '@trencadis/http';
import type { InfrastructureId, PlanId } from '@trencadis/ids';
import type { SagaRunner, StepEvent } from '@trencadis/saga';
import type { EventView, InfrastructureView, PlanView, infrastructureApi } from './api.ts';
import { followPlan, planStatusOf } from './follow-plan.ts';
import type { Infrastructure, Plan } from './model.ts';
import type { InfrastructureService } from './service.ts';
import type { StepWorld } from './step-world.ts';

/** Who calls: infrastructures and plans of others do not exist for them. */
export interface Owner {
  readonly owner: string;
}

export interface InfrastructureHandlersParts {
  readonly service: InfrastructureService;
  readonly sagas: SagaRunner<StepWorld>;
  readonly clock: Clock;
}

type AllHandlers = Handlers<typeof infrastructureApi, Owner>;
type PlanRoute = 'plan' | 'getPlan' | 'apply' | 'followPlan' | 'planStatus';

export function infrastructureHandlers(parts: InfrastructureHandlersParts): AllHandlers {
  const { service } = parts;
  const own = (id: InfrastructureId, caller: Owner) => getOwn(service, id, caller);
  return {
    ...planHandlers(parts),
    list: async ({ caller }) => ({ infrastructures: (await service.list(caller.owner)).map(viewOf) }),
    status: async ({ params, caller, signal }) => {
      const infrastructure = await own(params.infrastructureId, caller);
      return {
        infrastructure: viewOf(infrastructure),
        ...(await service.describe(infrastructure, signal)),
      };
    },
    destroy: async ({ params, caller, signal }) => {
      const { id } = await own(params.infrastructureId, caller);
      return planView(await service.destroy(id, signal));
    },
    authority: async ({ params, caller }) => service.authority(await own(params.infrastructureId, caller)),
    shell: async ({ params, caller, signal }) => {
      const infrastructure = await own(params.infrastructureId, caller);
      return service.shellEndpoint(infrastructure, params.vmName, signal);
    },
  };
}

function planHandlers({ service, sagas, clock }: InfrastructureHandlersParts): Pick<AllHandlers, PlanRoute> {
  const ownPlan = async (id: PlanId, caller: Owner) => {
    const plan = await service.getPlan(id);
    if ((await service.get(plan.infrastructureId)).owner === caller.owner) return plan;
    // Named as what was asked for: the infrastructure behind it is no more the caller's business than the plan.
    throw new PlatformError('not-found', `There is no plan ${id}.`, { subject: id });
  };
  return {
    plan: async ({ body, caller, signal }) => {
      const planning = await service.plan({ ...body, owner: caller.owner }, signal);
      if (planning.kind === 'problems') return planning;
      const { infrastructure, plan, diagnostics } = planning;
      return { kind: 'planned', infrastructure: viewOf(infrastructure), plan: planView(plan), diagnostics };
    },
    getPlan: async ({ params, caller }) => planView(await ownPlan(params.planId, caller)),
    apply: async ({ params, body, caller, signal }) => {
      const { id } = await ownPlan(params.planId, caller);
      await service.apply(id, body, signal);
      return { planId: id };
    },
    followPlan: async ({ params, query, caller, signal }) => {
      const { id } = await ownPlan(params.planId, caller);
      return eventViews(followPlan({ sagas, clock }, { planId: id, after: query.after }, signal));
    },
    planStatus: async ({ params, caller }) => ({
      saga: await planStatusOf(sagas, await ownPlan(params.planId, caller)),
    }),
  };
}

async function* eventViews(events: AsyncIterable<StepEvent>): AsyncGenerator<EventView> {
  for await (const event of events) yield eventView(event);
}

async function getOwn(
  service: InfrastructureService,
  id: InfrastructureId,
  { owner }: Owner,
): Promise<Infrastructure> {
  const infrastructure = await service.get(id);
  if (infrastructure.owner === owner) return infrastructure;
  throw new PlatformError('not-found', `There is no infrastructure ${id}.`, { subject: id });
}

function viewOf({
  id,
  name,
  createdAt,
  isDestroyRequested,
  activePlanId,
}: Infrastructure): InfrastructureView {
  return {
    id,
    name,
    createdAt: createdAt.toISOString(),
    isDestroyRequested,
    ...(activePlanId ? { activePlanId } : {}),
  };
}

function planView({ id, infrastructureId, kind, steps, images, createdAt }: Plan): PlanView {
  return {
    id,
    infrastructureId,
    kind,
    steps: steps.map((step) => ({ ...step, after: [...step.after] })),
    images: images.map(({ verdicts, ...choice }) => ({
      ...choice,
      verdicts: verdicts.map(({ holds, because }) => ({ holds, because })),
    })),
    createdAt: createdAt.toISOString(),
  };
}

function eventView({ sequence, stepId, kind, at, text, errorCode }: StepEvent): EventView {
  return {
    sequence,
    stepId,
    kind,
    at: at.toISOString(),
    ...(text === undefined ? {} : { text }),
    ...(errorCode === undefined ? {} : { errorCode }),
  };
}

import { sha256OfJson } from '@trencadis/ids';
import { type SagaRunner, deriveStepStates } from '@trencadis/saga';
import { deriveStatus } from './derive-status.ts';
import type { Infrastructure, InfrastructureStatus, StepView } from './model.ts';
import { planStatusOf } from './follow-plan.ts';
import type { PartialObservation } from './observe.ts';
import type { PreparationParts } from './prepare.ts';
import { prepareAsDeployed } from './prepare-as-deployed.ts';
import type { StepWorld } from './step-world.ts';

export interface DescriptionParts extends PreparationParts {
  readonly sagas: SagaRunner<StepWorld>;
}

/** Nothing is told of VMs that no document asks for. */
const nothingSeen: PartialObservation = {
  vms: [],
  networks: [],
  disks: [],
  updates: {},
  configured: {},
  outages: new Map(),
};

/** Observes and derives: what a person sees under `trencadis status`. */
export async function describeInfrastructure(
  parts: DescriptionParts,
  infrastructure: Infrastructure,
  signal: AbortSignal,
): Promise<InfrastructureStatus> {
  const { preparation, lastPlan } = await lookAt(parts, infrastructure, signal);
  const isPrepared = preparation?.kind === 'prepared';
  return deriveStatus({
    infrastructure,
    desired: isPrepared ? preparation.desired : undefined,
    observed: isPrepared ? preparation.observed : nothingSeen,
    lastPlan,
    hash: sha256OfJson,
  });
}

/** What is deployed as far as it can be told, and the plan applied last; of one that is being destroyed only that. */
export async function lookAt(parts: DescriptionParts, infrastructure: Infrastructure, signal: AbortSignal) {
  const [preparation, lastPlan] = await Promise.all([
    infrastructure.isDestroyRequested ? undefined : prepareAsDeployed(parts, infrastructure, signal),
    lastPlanOf(parts, infrastructure),
  ]);
  return { preparation, lastPlan };
}

async function lastPlanOf(
  { world, sagas }: DescriptionParts,
  { activePlanId }: Infrastructure,
): Promise<InfrastructureStatus['lastPlan']> {
  const plan = activePlanId && (await world.store.findPlan(activePlanId));
  if (!plan) return undefined;
  const [saga, events] = await Promise.all([planStatusOf(sagas, plan), sagas.events(plan.id)]);
  const states = deriveStepStates({ planId: plan.id, steps: plan.steps, onFailure: 'keep' }, events);
  // Of several failures of one step the last counts.
  const errors = new Map(
    events.flatMap(({ kind, stepId, text }) =>
      kind === 'failed' || kind === 'undo-failed' ? [[stepId, text]] : [],
    ),
  );
  const steps = plan.steps.map(({ id, title }): StepView => {
    const error = errors.get(id);
    return { id, title, state: states.get(id) ?? 'waiting', ...(error === undefined ? {} : { error }) };
  });
  return { id: plan.id, kind: plan.kind, saga, steps };
}

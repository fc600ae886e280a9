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
  const [preparation, lastPlan] = await Promise.all([
    infrastructure.isDestroyRequested ? undefined : prepareAsDeployed(parts, infrastructure, signal),
    lastPlanOf(parts, infrastructure),
  ]);
  const isPrepared = preparation?.kind === 'prepared';
  return deriveStatus({
    infrastructure,
    desired: isPrepared ? preparation.desired : undefined,
    observed: isPrepared ? preparation.observed : nothingSeen,
    lastPlan,
    hash: sha256OfJson,
  });
}

export async function lastPlanOf(
  { world, sagas }: DescriptionParts,
  { activePlanId }: Infrastructure,
): Promise<InfrastructureStatus['lastPlan']> {
  const plan = activePlanId && (await world.store.findPlan(activePlanId));
  if (!plan) return undefined;
  const [saga, events] = await Promise.all([planStatusOf(sagas, plan), sagas.events(plan.id)]);
  const states = deriveStepStates({ planId: plan.id, steps: plan.steps, onFailure: 'keep' }, events);
  const steps = plan.steps.map(({ id, title }): StepView => {
    const failure = events.findLast(
      (event) => event.stepId === id && (event.kind === 'failed' || event.kind === 'undo-failed'),
    );
    return {
      id,
      title,
      state: states.get(id) ?? 'waiting',
      ...(failure?.text === undefined ? {} : { error: failure.text }),
    };
  });
  return { id: plan.id, kind: plan.kind, saga, steps };
}

import { brandId } from '@trencadis/ids';
import { type SagaRunner, deriveStepStates } from '@trencadis/saga';
import { deriveStatus } from './derive-status.ts';
import type { Infrastructure, InfrastructureStatus, ObservedInfrastructure, StepView } from './model.ts';
import { planStatusOf } from './follow-plan.ts';
import { observe } from './observe.ts';
import { type PreparationParts, prepareDeploy } from './prepare.ts';
import type { StepWorld } from './step-world.ts';

export interface DescriptionParts extends PreparationParts {
  readonly sagas: SagaRunner<StepWorld>;
}

/** Observes and derives: what a person sees under `trencadis status`. */
export async function describeInfrastructure(
  parts: DescriptionParts,
  infrastructure: Infrastructure,
  signal: AbortSignal,
): Promise<InfrastructureStatus> {
  const [preparation, lastPlan] = await Promise.all([
    infrastructure.isDestroyRequested ? undefined : prepareDeploy(parts, infrastructure, signal),
    lastPlanOf(parts, infrastructure),
  ]);
  const desired = preparation?.kind === 'prepared' ? preparation.desired : undefined;
  const observed =
    preparation?.kind === 'prepared'
      ? preparation.observed
      : await observeTagged(parts, infrastructure, signal);
  return deriveStatus({ infrastructure, desired, observed, lastPlan });
}

/** What carries the infrastructure's tag, at every VM manager. */
async function observeTagged(
  { world }: DescriptionParts,
  { id }: Infrastructure,
  signal: AbortSignal,
): Promise<ObservedInfrastructure> {
  const { vmms, store } = world;
  const target = { id, tag: brandId('Tag', id), persistentDisks: [] };
  const observed = await Promise.all(
    [...vmms.values()].map((vmm) => observe({ vmm, store }, target, signal)),
  );
  return {
    vms: observed.flatMap(({ vms }) => vms),
    networks: observed.flatMap(({ networks }) => networks),
    disks: observed.flatMap(({ disks }) => disks),
    configured: await store.configuredDigests(id),
  };
}

async function lastPlanOf(
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

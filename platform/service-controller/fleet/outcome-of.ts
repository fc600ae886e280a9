import { type PlanOutcome, readServices } from '@trencadis/availability';
import type { PlanId } from '@trencadis/ids';
import type { Plan } from '@trencadis/infrastructure';
import {
  type ReconcilerParts,
  isRunning,
  planStatusOf,
  readTarget,
} from '@trencadis/infrastructure/services';
import type { StepEvent } from '@trencadis/saga';
import type { Fleet } from '../fleet.ts';
import { cloudNames } from './cloud-names.ts';

/** Where a plan stands, and what its first failure was. */
export async function outcomeOf(parts: ReconcilerParts, planId: PlanId): ReturnType<Fleet['outcome']> {
  const { world, sagas } = parts;
  const plan = await world.store.findPlan(planId);
  if (plan === undefined) return undefined;
  const status = await planStatusOf(sagas, plan);
  if (status === 'planned') return 'planned';
  if (isRunning(status)) return 'running';
  if (status === 'succeeded') return { isSuccess: true };
  const failure = failureOf(plan, await sagas.events(planId));
  return failure.cloud === undefined
    ? failure
    : { ...failure, cloud: await nameOf(parts, plan, failure.cloud) };
}

function failureOf({ steps }: Plan, events: readonly StepEvent[]): PlanOutcome {
  const failed = events.find(({ kind }) => kind === 'failed');
  const isCancelled = events.some(({ kind }) => kind === 'cancel-requested');
  if (failed === undefined)
    return { isSuccess: false, because: isCancelled ? 'somebody stopped the plan' : 'the plan failed' };
  const step = steps.find(({ id }) => id === failed.stepId);
  const cloud = cloudOf(step?.args);
  return {
    isSuccess: false,
    ...(failed.errorCode === undefined ? {} : { errorCode: failed.errorCode }),
    because: `${step?.title ?? failed.stepId}: ${failed.text ?? 'no reason given'}`,
    ...(cloud === undefined ? {} : { cloud }),
  };
}

/** What the services of the document call that VM manager; `''` where they name none. */
async function nameOf(parts: ReconcilerParts, { infrastructureId }: Plan, key: string): Promise<string> {
  const infrastructure = await parts.world.store.find(infrastructureId);
  if (!infrastructure) return '';
  const specs = readServices(readTarget(infrastructure).document);
  for (const spec of specs) {
    const name = (await cloudNames(parts, { owner: infrastructure.owner, spec })).get(key);
    if (name !== undefined) return name;
  }
  return '';
}

/** Key of the VM manager at which a step acts. */
function cloudOf(args: unknown): string | undefined {
  if (typeof args !== 'object' || args === null || !('vmm' in args)) return undefined;
  return typeof args.vmm === 'string' ? args.vmm : undefined;
}

import { PlatformError } from '@trencadis/errors';
import type { SagaRunner } from '@trencadis/saga';
import { planStatusOf } from './follow-plan.ts';
import type { Infrastructure } from './model.ts';
import type { StepWorld } from './step-world.ts';

interface ReleaseParts {
  readonly world: Pick<StepWorld, 'store' | 'clock'>;
  readonly sagas: SagaRunner<StepWorld>;
}

/**
 * Closes the record of an infrastructure and touches nothing at a VM manager: another platform goes on with it. Its
 * secrets stay sealed here, so that an export whose answer was lost can be had again. Answers what it was released as;
 * released before: the same. While a plan runs or is stuck, or when it is being destroyed: `conflict`.
 */
export async function releaseInfrastructure(
  parts: ReleaseParts,
  infrastructure: Infrastructure,
): Promise<Infrastructure> {
  const { id, name, activePlanId, releasedAt, isDestroyRequested } = infrastructure;
  if (releasedAt) return infrastructure;
  const refuse = (why: string) => {
    throw new PlatformError('conflict', `Infrastructure '${name}' ${why}.`, { subject: id });
  };
  if (isDestroyRequested) refuse('is being destroyed, or gone');
  const { store, clock } = parts.world;
  const [active] = activePlanId ? await store.findPlanSummaries([activePlanId]) : [];
  const status = active && (await planStatusOf(parts.sagas, active));
  if (status && unended.has(status)) refuse(`has a plan that has not ended (${activePlanId}, ${status})`);
  const at = clock.now();
  if ((await store.release(id, at, activePlanId)) === 'taken') refuse('changed at this moment; try again');
  return { ...infrastructure, isDestroyRequested: true, destroyedAt: at, releasedAt: at };
}

const unended: ReadonlySet<string> = new Set(['planned', 'running', 'undoing', 'stuck']);

/** Another platform acts on it now, or will. */
export function refuseWhenReleased({ id, name, releasedAt }: Infrastructure): void {
  if (!releasedAt) return;
  const message = `Infrastructure '${name}' was released: work with it where it was imported, or import it here again.`;
  throw new PlatformError('conflict', message, { subject: id });
}

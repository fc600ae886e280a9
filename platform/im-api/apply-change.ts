import { isPlatformError } from '@trencadis/errors';
import type { InfrastructureId, PlanId } from '@trencadis/ids';
import type { ChangeRequest, Infrastructure, Plan } from '@trencadis/infrastructure';
import { type StepFailure, followMachines } from './follow-machines.ts';
import { ImRefusal } from './im-refusal.ts';
import type { ImApiParts } from './parts.ts';
import { describeProblems } from './read-document.ts';

export interface ImChange {
  readonly id: InfrastructureId;
  readonly request: ChangeRequest;
  readonly actor: string;
}

const defaultQueueMs = 120_000;
/** Of conflicts that nothing which runs explains. */
const maxConflicts = 5;

/**
 * Plans and starts a change. IM takes changes while others run; here one runs at a time, so this one waits for its
 * turn, and is refused (400) when that does not come.
 */
export async function applyChange(parts: ImApiParts, change: ImChange, signal: AbortSignal): Promise<Plan> {
  const { service, statuses, clock, queueMs = defaultQueueMs } = parts;
  const { id, request, actor } = change;
  const patience = AbortSignal.any([signal, AbortSignal.timeout(queueMs)]);
  for (let conflicts = 0; ;) {
    const hasWaited = await waitForTurn(parts, id, { signal, patience });
    try {
      const planning = await service.planChange(id, { ...request, actor }, signal);
      if (planning.kind === 'problems') throw new ImRefusal(400, describeProblems(planning.diagnostics));
      await service.apply(planning.plan.id, { onFailure: 'keep', actor }, signal);
      statuses.forget(id);
      return planning.plan;
    } catch (error) {
      conflicts = hasWaited ? 0 : conflicts + 1;
      if (!isPlatformError(error, 'conflict') || conflicts >= maxConflicts) throw error;
      await clock.sleep(100, signal);
    }
  }
}

/** As {@link applyChange}, and lasts until the machines are as they should be; a failure is a refusal (400). */
export async function carryOut(parts: ImApiParts, change: ImChange, signal: AbortSignal): Promise<Plan> {
  const plan = await applyChange(parts, change, signal);
  const failure = await followMachines(parts, plan, signal);
  parts.statuses.forget(change.id);
  if (failure !== undefined) throw refusalOf(failure);
  return plan;
}

export function refusalOf({ because }: StepFailure): ImRefusal {
  return new ImRefusal(400, because);
}

interface Waiting {
  readonly signal: AbortSignal;
  readonly patience: AbortSignal;
}

/** Answers whether there was something to wait for. */
async function waitForTurn(
  { service, sagas }: ImApiParts,
  id: InfrastructureId,
  { signal, patience }: Waiting,
): Promise<boolean> {
  const { activePlanId, name, isDestroyRequested }: Infrastructure = await service.get(id);
  if (isDestroyRequested) throw new ImRefusal(400, `Infrastructure '${name}' is being deleted.`);
  if (activePlanId === undefined || !(await isRunning(sagas, activePlanId))) return false;
  try {
    await sagas.wait(activePlanId, patience);
    return true;
  } catch (error) {
    if (!patience.aborted || signal.aborted) throw error;
    const message = `Another change of infrastructure '${name}' is still running (plan ${activePlanId}); try again when it has ended.`;
    throw new ImRefusal(400, message);
  }
}

export async function isRunning(sagas: ImApiParts['sagas'], planId: PlanId): Promise<boolean> {
  try {
    const status = await sagas.status(planId);
    return status === 'planned' || status === 'running' || status === 'undoing';
  } catch (error) {
    // One without steps has no saga.
    if (isPlatformError(error, 'not-found')) return false;
    throw error;
  }
}

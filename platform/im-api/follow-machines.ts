import type { Plan } from '@trencadis/infrastructure';
import { type StepEvent, wholePlan } from '@trencadis/saga';
import type { ImApiParts } from './parts.ts';

/** Why a step did not do what it should. */
export interface StepFailure {
  readonly stepId: string;
  readonly because: string;
  readonly errorCode?: string;
}

const contextualization = /^(await-shell|mount-disks|barrier|configure-vm)@/;

/** Ids of the steps that act on machines, networks and disks; IM's calls last until those have ended. */
export function machineStepIds({ steps }: Pick<Plan, 'steps'>): ReadonlySet<string> {
  return new Set(steps.filter(({ kind }) => !contextualization.test(kind)).map(({ id }) => id));
}

/** Waits until the machines of a started plan are as it wants them, while contextualization goes on; or says why not. */
export async function followMachines(
  { sagas }: Pick<ImApiParts, 'sagas'>,
  plan: Pick<Plan, 'id' | 'steps'>,
  signal: AbortSignal,
): Promise<StepFailure | undefined> {
  const waiting = new Set(machineStepIds(plan));
  if (waiting.size === 0) return undefined;
  let failure: StepFailure | undefined;
  for await (const event of sagas.follow(plan.id, 0, signal)) {
    if (waiting.has(event.stepId)) failure ??= failureOf(event);
    if (endsStep(event)) waiting.delete(event.stepId);
    if (waiting.size === 0) return failure;
  }
  const [left = wholePlan] = waiting;
  return failure ?? { stepId: left, because: 'The plan was stopped before all its machines were there.' };
}

/** Ids of its machine steps that have not ended by those events. */
export function machineStepsLeft(
  plan: Pick<Plan, 'steps'>,
  events: readonly StepEvent[],
): ReadonlySet<string> {
  const ended = new Set(events.filter(endsStep).map(({ stepId }) => stepId));
  return new Set([...machineStepIds(plan)].filter((id) => !ended.has(id)));
}

function endsStep({ kind }: StepEvent): boolean {
  return kind === 'succeeded' || kind === 'failed' || kind === 'skipped';
}

function failureOf({ kind, stepId, text, errorCode }: StepEvent): StepFailure | undefined {
  if (kind !== 'failed') return undefined;
  const because = text ?? 'It failed and did not say why.';
  return { stepId, because, ...(errorCode === undefined ? {} : { errorCode }) };
}

/** Key of the VM manager that had no room for a step. */
export function fullVmm(
  { steps }: Pick<Plan, 'steps'>,
  { stepId, errorCode }: StepFailure,
): string | undefined {
  const args = steps.find(({ id }) => id === stepId)?.args;
  if (errorCode !== 'quota-exceeded' || typeof args !== 'object' || args === null) return undefined;
  return 'vmm' in args && typeof args.vmm === 'string' ? args.vmm : undefined;
}

import type { PlannedStep, StepEvent } from '@trencadis/saga';
import type { Infrastructure, Member, Plan, PlanKind, Target } from './model.ts';
import { targetOf } from './target-of.ts';

const placingKinds: ReadonlySet<PlanKind> = new Set(['deploy', 'add', 'repair']);

/** Whether there is another VM manager for what the plan makes, should one have no room. */
export function canFallBack({ kind, placements, steps }: Plan): boolean {
  const isMaking = steps.some((step) => placeOfCreation(step) !== undefined);
  return (
    isMaking &&
    placingKinds.has(kind) &&
    placements.some(({ others }) => others.some(({ isPossible }) => isPossible))
  );
}

/**
 * The refusals to plan an undone plan again with (paper 4.4: the next candidate), as some VM managers had no room when
 * it ran; `undefined`: it failed for something else, or there is no other place. They grow from plan to plan, so that
 * a chain ends.
 */
export function decideFallback(plan: Plan, events: readonly StepEvent[]): readonly string[] | undefined {
  const before = plan.target.refusals;
  const full = fullVmms(plan, events);
  const refusals = [...new Set([...before, ...full])];
  const isCancelled = events.some(({ kind }) => kind === 'cancel-requested');
  if (isCancelled || !placingKinds.has(plan.kind) || refusals.length === before.length) return undefined;
  const displaced = plan.placements.filter(({ vmm }) => full.has(vmm));
  const hasOther = ({ others }: Plan['placements'][number]) =>
    others.some(({ isPossible, vmm }) => isPossible && !refusals.includes(vmm));
  return displaced.length > 0 && displaced.every(hasOther) ? refusals : undefined;
}

function fullVmms({ steps }: Plan, events: readonly StepEvent[]): ReadonlySet<string> {
  const failed = new Set(
    events
      .filter(({ kind, errorCode }) => kind === 'failed' && errorCode === 'quota-exceeded')
      .map(({ stepId }) => stepId),
  );
  return new Set(steps.filter(({ id }) => failed.has(id)).flatMap((step) => placeOfCreation(step) ?? []));
}

/** Key of the VM manager at which a step makes something. */
function placeOfCreation({ kind, args }: PlannedStep): string | undefined {
  if (!kind.startsWith('create-') || typeof args !== 'object' || args === null) return undefined;
  return 'vmm' in args && typeof args.vmm === 'string' ? args.vmm : undefined;
}

/** Whether the plan makes anything where there was no room. */
export function isRefusedAgain({ steps }: Plan, refusals: readonly string[]): boolean {
  const places = steps.flatMap((step) => placeOfCreation(step) ?? []);
  return places.some((vmm) => refusals.includes(vmm));
}

/**
 * The target with the VMs that found no room free to be placed elsewhere. Those that are there, that are off, or that
 * were altered on their own keep their places. `isThere`: whether a member's VM is at its VM manager.
 */
export function displacedTarget(
  infrastructure: Infrastructure,
  refusals: readonly string[],
  isThere: (member: Member) => boolean,
): Target {
  const members = infrastructure.members.filter(
    (member) =>
      !refusals.includes(member.vmm) ||
      member.isStopped === true ||
      member.alteration !== undefined ||
      isThere(member),
  );
  return { ...targetOf(infrastructure), members, refusals };
}

import type { GroupAction } from '@trencadis/availability';
import { PlatformError } from '@trencadis/errors';
import type { PlanId, VmName } from '@trencadis/ids';
import type { ChangeRequest, Planning } from '@trencadis/infrastructure';
import { type ReconcilerParts, planChange } from '@trencadis/infrastructure/services';
import type { Group } from '../fleet.ts';

interface Planned {
  readonly group: Group;
  readonly action: GroupAction;
  readonly isOutdated: (vm: VmName) => boolean;
  readonly actor: string;
}

/**
 * What was decided, as a plan; `undefined`: there is nothing to do. No room: `quota-exceeded`, with `cloud` among its
 * details where it lacks at one VM manager only.
 */
export async function planGroupAction(
  parts: ReconcilerParts,
  { group, action, isOutdated, actor }: Planned,
  signal: AbortSignal,
): Promise<PlanId | undefined> {
  const { infrastructureId: id, serviceId } = group;
  const infrastructure = await parts.world.store.find(id);
  if (!infrastructure)
    throw new PlatformError('not-found', `There is no infrastructure ${id}.`, { subject: id });
  const request = requestOf(serviceId, action, isOutdated);
  return planIdOf(await planChange(parts, { infrastructure, request, actor }, signal));
}

function requestOf(
  serviceId: string,
  action: GroupAction,
  isOutdated: (vm: VmName) => boolean,
): ChangeRequest {
  if (action.kind === 'roll')
    return { kind: 'roll', serviceId, vms: action.vms, anew: action.vms.filter((vm) => !isOutdated(vm)) };
  const { kind: _kind, because: _because, ...change } = action;
  return { kind: 'scale', serviceId, ...change };
}

/** Where no VM manager takes what is asked for, the next one is to be tried. */
const noCandidate = 'RADL411';

export function planIdOf(planning: Planning): PlanId | undefined {
  if (planning.kind === 'planned') return planning.plan.steps.length > 0 ? planning.plan.id : undefined;
  const errors = planning.diagnostics.filter(({ severity }) => severity === 'error');
  const message = errors.map((each) => each.message).join(' ');
  const full = errors.filter((each) => each.code === noCandidate);
  if (full.length === 0) throw new PlatformError('unsupported', message);
  const [cloud, ...others] = new Set(full.map(({ cloudId }) => cloudId));
  const isAtOne = cloud !== undefined && others.length === 0 && full.length === errors.length;
  throw new PlatformError('quota-exceeded', message, isAtOne ? { details: { cloud } } : {});
}

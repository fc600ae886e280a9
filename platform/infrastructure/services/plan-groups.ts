import type { InfrastructureId } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import type { DesiredGroup, DesiredInfrastructure, ObservedInfrastructure } from '../model.ts';
import { applyScalingGroupStep, deleteScalingGroupStep } from './planned-group-steps.ts';
import { type KnownGroup, groupStage, knownGroups } from './service-stages.ts';

/** Groups that are new, asked for otherwise or only begun. `afterOf`: ids of the steps that each has to wait for. */
export function applyGroups(
  { id, groups }: DesiredInfrastructure,
  { configured }: Pick<ObservedInfrastructure, 'configured'>,
  afterOf: (group: DesiredGroup) => readonly string[],
): PlannedStep[] {
  return groups.flatMap((group) => {
    const key = configured[group.name]?.[groupStage(group.vmm)];
    if (key === group.digest) return [];
    return [applyScalingGroupStep(id, group, { isNew: key === undefined, after: afterOf(group) })];
  });
}

/** Those that were made and that nothing asks for any more, or not there. */
export function deleteGoneGroups(
  { id, groups }: DesiredInfrastructure,
  { configured }: Pick<ObservedInfrastructure, 'configured'>,
): PlannedStep[] {
  const isWanted = ({ name, vmm }: KnownGroup) =>
    groups.some((group) => group.name === name && group.vmm === vmm);
  return deleteGroups(
    id,
    knownGroups(configured).filter((each) => !isWanted(each)),
  );
}

export function deleteGroups(id: InfrastructureId, known: readonly KnownGroup[]): PlannedStep[] {
  return known.map((each) => deleteScalingGroupStep(id, each, []));
}

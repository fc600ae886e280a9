import { type InfrastructureId, brandId } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import type { DesiredGroup } from '../model.ts';
import type { ApplyScalingGroupArgs, DeleteScalingGroupArgs } from './group-step-arguments.ts';
import type { KnownGroup } from './service-stages.ts';

export function applyScalingGroupStep(
  infrastructureId: InfrastructureId,
  desired: DesiredGroup,
  { isNew, after }: { readonly isNew: boolean; readonly after: readonly string[] },
): PlannedStep {
  const { vmm, serviceId, digest, size: _, ...group } = desired;
  const args: ApplyScalingGroupArgs = { infrastructureId, vmm, group, digest, isNew };
  const { min, max, launch } = group;
  const title = `have the VM manager's own engine keep ${min} to ${max} replicas of service ${serviceId} (${launch.instanceType})`;
  return {
    id: `apply-scaling-group:${group.name}@${vmm}`,
    kind: 'apply-scaling-group@1',
    title,
    args,
    after,
  };
}

export function deleteScalingGroupStep(
  infrastructureId: InfrastructureId,
  { name, vmm }: KnownGroup,
  after: readonly string[],
): PlannedStep {
  const args: DeleteScalingGroupArgs = { infrastructureId, vmm, name: brandId('VmName', name) };
  const title = `end ${name} with the replicas that the VM manager's own engine keeps`;
  return { id: `delete-scaling-group:${name}@${vmm}`, kind: 'delete-scaling-group@1', title, args, after };
}

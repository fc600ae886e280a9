import { brandId } from '@trencadis/ids';
import type { StepKind } from '@trencadis/saga';
import { type ApplyScalingGroupArgs, applyScalingGroupArgs } from '../services/group-step-arguments.ts';
import { openScalingGroups } from '../services/open-scaling-groups.ts';
import { groupStage, unsettled } from '../services/service-stages.ts';
import type { StepWorld } from '../step-world.ts';

/** Has a VM manager's own engine keep a service's replicas (AS-02, native back-end). */
export const applyScalingGroup: StepKind<StepWorld, ApplyScalingGroupArgs> = {
  kind: 'apply-scaling-group@1',
  args: applyScalingGroupArgs,
  run: async (world, { infrastructureId, vmm, group, digest }) => {
    const { name } = group;
    const driver = await openScalingGroups(world, { vmm, name });
    const stage = groupStage(vmm);
    // Before it is made: what was begun can be found and removed.
    await world.store.setConfigured(infrastructureId, { name, stage, key: unsettled });
    const made = await driver.applyGroup({ ...group, tag: brandId('Tag', infrastructureId) }, world.signal);
    const { instances, desired } = made;
    const outdated = instances.filter(({ isOutdated }) => isOutdated).length;
    world.progress(`${driver.capabilities.product} keeps ${desired} replicas of it from now on`);
    if (outdated > 0)
      world.progress(`${outdated} of them run as before until they are rolled: trencadis service roll`);
    await world.store.setConfigured(infrastructureId, { name, stage, key: digest });
  },
  undo: async (world, { infrastructureId, vmm, group: { name }, isNew }) => {
    const stage = groupStage(vmm);
    if (!isNew) {
      await world.store.setConfigured(infrastructureId, { name, stage, key: unsettled });
      return;
    }
    await (await openScalingGroups(world, { vmm, name })).deleteGroup(name, world.signal);
    await world.store.clearConfigured(infrastructureId, name, stage);
  },
};

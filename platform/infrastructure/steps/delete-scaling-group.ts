import type { StepKind } from '@trencadis/saga';
import { type DeleteScalingGroupArgs, deleteScalingGroupArgs } from '../services/group-step-arguments.ts';
import { openScalingGroups } from '../services/open-scaling-groups.ts';
import { groupStage } from '../services/service-stages.ts';
import type { StepWorld } from '../step-world.ts';

/** Ends a group with its replicas and all that was made for it at its VM manager. */
export const deleteScalingGroup: StepKind<StepWorld, DeleteScalingGroupArgs> = {
  kind: 'delete-scaling-group@1',
  args: deleteScalingGroupArgs,
  run: async (world, { infrastructureId, vmm, name }) => {
    await (await openScalingGroups(world, { vmm, name })).deleteGroup(name, world.signal);
    await world.store.clearConfigured(infrastructureId, name, groupStage(vmm));
  },
  undo: {
    because: 'Replicas that have ended do not come back; the next plan makes new ones if they are wanted.',
  },
};

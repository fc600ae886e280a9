import type { StepKind } from '@trencadis/saga';
import { withBalancer } from '../services/open-balancer.ts';
import { balancerStage } from '../services/service-stages.ts';
import { type DeleteBalancerArgs, deleteBalancerArgs } from '../services/service-step-arguments.ts';
import type { StepWorld } from '../step-world.ts';

/** Removes a VM manager's own balancer with all that was made for it; one of ours is gone with its VMs. */
export const deleteBalancer: StepKind<StepWorld, DeleteBalancerArgs> = {
  kind: 'delete-balancer@1',
  args: deleteBalancerArgs,
  run: async (world, args) => {
    const { infrastructureId, balancer } = args;
    if (balancer.kind === 'native')
      await withBalancer(world, args, (driver) => driver.deleteBalancer(balancer.name, world.signal));
    await world.store.clearConfigured(infrastructureId, balancer.name, balancerStage(balancer));
  },
  undo: {
    because:
      'A deleted load balancer cannot come back as it was; the next plan makes a new one if it is wanted.',
  },
};

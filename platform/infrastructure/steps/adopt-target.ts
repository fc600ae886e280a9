import type { StepKind } from '@trencadis/saga';
import { type AdoptTargetArgs, adoptTargetArgs } from '../step-arguments.ts';
import type { StepWorld } from '../step-world.ts';

/** Applying the plan has given the infrastructure its target; a plan that is undone gives it back what it had. */
export const adoptTarget: StepKind<StepWorld, AdoptTargetArgs> = {
  kind: 'adopt-target@1',
  args: adoptTargetArgs,
  run: async () => undefined,
  undo: (world, { infrastructureId, planId }) => world.store.restoreTarget(infrastructureId, planId),
};

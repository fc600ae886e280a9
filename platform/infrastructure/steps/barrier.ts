import type { StepKind } from '@trencadis/saga';
import { type BarrierArgs, barrierArgs } from '../step-arguments.ts';
import type { StepWorld } from '../step-world.ts';

export const barrier: StepKind<StepWorld, BarrierArgs> = {
  kind: 'barrier@1',
  args: barrierArgs,
  run: async () => undefined,
  undo: { because: 'Waiting changes nothing.' },
};

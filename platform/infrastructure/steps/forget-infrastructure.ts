import type { StepKind } from '@trencadis/saga';
import { type ForgetInfrastructureArgs, forgetInfrastructureArgs } from '../step-arguments.ts';
import type { StepWorld } from '../step-world.ts';

/** The last step of a destroy plan: the record stays for the audit, its secrets go. */
export const forgetInfrastructure: StepKind<StepWorld, ForgetInfrastructureArgs> = {
  kind: 'forget-infrastructure@1',
  args: forgetInfrastructureArgs,
  run: async (world, { infrastructureId }) => {
    await world.store.removeSecrets(infrastructureId);
    await world.store.markDestroyed(infrastructureId, world.clock.now());
  },
  undo: { because: 'Everything that the secrets opened is gone.' },
};

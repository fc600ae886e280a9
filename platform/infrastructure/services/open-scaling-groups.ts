import type { ScalingGroupDriver } from '@trencadis/availability';
import { PlatformError } from '@trencadis/errors';
import type { StepWorld } from '../step-world.ts';

/** The engine that keeps a group; there is none here, or at that VM manager: `unsupported`. */
export function openScalingGroups(
  { scalingGroups }: Pick<StepWorld, 'scalingGroups'>,
  { vmm, name }: { readonly vmm: string; readonly name: string },
): Promise<ScalingGroupDriver> {
  if (scalingGroups !== undefined) return scalingGroups.at(vmm);
  const message = `No VM manager keeps replicas by itself here, and ${name} needs one that does: leave scale.engine = 'native' out.`;
  throw new PlatformError('unsupported', message, { subject: name });
}

import { type Caller, operatorName } from '@trencadis/accounts';
import type { ImageCaller } from '@trencadis/image-catalog';
import { operatorCaller } from './authenticate-caller.ts';

/** Who they are to the image catalog: the platform's administrators are its own. */
export function imageCallerOf({ owner, groups, isAdmin }: Caller): ImageCaller {
  return { user: owner, groups, isAdmin };
}

/** The platform itself, to the catalog. */
export const catalogOperator: ImageCaller = imageCallerOf(operatorCaller);

/** As {@link imageCallerOf}, of an owner for whom the platform plans; images shared with groups only are not seen. */
export function imageCallerOfOwner(owner: string): ImageCaller {
  return { user: owner, groups: [], isAdmin: owner === operatorName };
}

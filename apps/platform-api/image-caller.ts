import type { ImageCaller } from '@trencadis/image-catalog';
import type { Owner } from '@trencadis/infrastructure';
import { operator } from './authenticate-operator.ts';

/** Who they are to the image catalog: the operator is its admin. */
export function imageCallerOf({ owner }: Owner): ImageCaller {
  return { user: owner, groups: [], isAdmin: owner === operator };
}

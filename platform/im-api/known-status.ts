import { type ErrorCode, PlatformError } from '@trencadis/errors';
import type { Infrastructure, InfrastructureStatus } from '@trencadis/infrastructure';
import type { ImApiParts } from './parts.ts';

/** A VM manager does not answer, is not to be had any more, or takes the credentials no more. */
const cannotBeKnown: ReadonlySet<ErrorCode> = new Set(['unavailable', 'conflict', 'forbidden']);

/** As observed at most a second ago; `undefined` where it cannot be observed: then its state is `unknown`, no error. */
export async function knownStatus(
  { statuses }: Pick<ImApiParts, 'statuses'>,
  { id }: Pick<Infrastructure, 'id'>,
): Promise<InfrastructureStatus | undefined> {
  try {
    return (await statuses.get(id)).status;
  } catch (error) {
    if (error instanceof PlatformError && cannotBeKnown.has(error.code)) return undefined;
    throw error;
  }
}

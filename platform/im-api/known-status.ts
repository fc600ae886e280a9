import { type ErrorCode, PlatformError } from '@trencadis/errors';
import type { Infrastructure, InfrastructureStatus } from '@trencadis/infrastructure';
import type { ImApiParts } from './parts.ts';

/** A VM manager is not to be had any more, or the platform itself cannot answer now. */
const cannotBeKnown: ReadonlySet<ErrorCode> = new Set(['unavailable', 'conflict']);

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

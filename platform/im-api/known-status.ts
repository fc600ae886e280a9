import { isPlatformError } from '@trencadis/errors';
import type { Infrastructure, InfrastructureStatus } from '@trencadis/infrastructure';
import type { ImApiParts } from './parts.ts';

/** As observed at most a second ago; `undefined` while a VM manager does not answer, which is no error of the call. */
export async function knownStatus(
  { statuses }: Pick<ImApiParts, 'statuses'>,
  { id }: Pick<Infrastructure, 'id'>,
): Promise<InfrastructureStatus | undefined> {
  try {
    return (await statuses.get(id)).status;
  } catch (error) {
    if (isPlatformError(error, 'unavailable')) return undefined;
    throw error;
  }
}

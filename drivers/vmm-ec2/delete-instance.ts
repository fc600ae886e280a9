import type { VmName } from '@trencadis/ids';
import type { Account } from './account.ts';
import { untilGone } from './create-instance.ts';
import { releaseAddresses } from './elastic-addresses.ts';
import { instancesNamed, isDying } from './instances.ts';
import { terminate } from './launch.ts';

/**
 * Ends when Amazon has terminated it: only then its disks and networks are free. Addresses go first, so that the
 * instance tells of a removal that was cut off.
 */
export async function deleteInstance(account: Account, name: VmName): Promise<void> {
  await releaseAddresses(account, name);
  const instances = await instancesNamed(account, name);
  const ids = instances
    .filter((instance) => !isDying(instance))
    .flatMap(({ InstanceId }) => InstanceId ?? []);
  await terminate(account, ids);
  if (instances.length > 0) await untilGone(account, name);
}

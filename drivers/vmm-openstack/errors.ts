import { PlatformError } from '@trencadis/errors';
import type { RefusalWords } from '@trencadis/openstack-client';

export function notFound(what: string, name: string): PlatformError {
  return new PlatformError('not-found', `There is no ${what} ${name} in this OpenStack project.`, {
    subject: name,
  });
}

/** Nova tells the reason in a fault of the VM, in words only. */
export function isNoRoom(fault: string): boolean {
  return /No valid host|Exceeded maximum number of retries|quota|Insufficient compute resources/i.test(fault);
}

/** Another task goes on at a VM or a volume. */
export const refusals: RefusalWords = { passing: /task_state|is busy/i };

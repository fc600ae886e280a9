import type { PlanId } from '@trencadis/ids';
import type { PlanHead } from './store.ts';

/** The channel on which each change of a plan's head is notified, as `<planId> <epoch> <lastSequence>`. */
export const headChannel = 'trencadis_saga';

export function parseHead(payload: string): PlanHead {
  const [planId = '', epoch, lastSequence] = payload.split(' ');
  return { planId: planId as PlanId, epoch: Number(epoch), lastSequence: Number(lastSequence) };
}

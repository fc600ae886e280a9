import { PlatformError, isPlatformError } from '@trencadis/errors';
import type { CloudClient, CloudView } from '@trencadis/vmm-sites/client';
import type { CloudOrder } from './cloud-order.ts';

export interface CloudChange extends CloudView {
  readonly change: 'added' | 'changed' | 'unchanged';
}

/** What the orders would change. Throws one `invalid-argument` with all that the platform refuses. */
export async function judgeClouds(
  client: Pick<CloudClient, 'putCloud'>,
  orders: readonly CloudOrder[],
): Promise<readonly CloudChange[]> {
  const judged: CloudChange[] = [];
  const problems: string[] = [];
  for (const order of orders) {
    try {
      judged.push(await put(client, order, true));
    } catch (error) {
      if (orders.length === 1) throw error;
      if (!isPlatformError(error) || error.code === 'unavailable' || error.code === 'unauthenticated')
        throw error;
      problems.push(`  ${order.name}: ${error.message}`);
    }
  }
  if (problems.length === 0) return judged;
  const message = `${problems.length} of ${orders.length} clouds cannot be added, so none was:\n${problems.join('\n')}`;
  throw new PlatformError('invalid-argument', message);
}

/** Adds or changes all of them, or none when one of them is refused. Those that are so already stay untouched. */
export async function addClouds(
  client: Pick<CloudClient, 'putCloud'>,
  orders: readonly CloudOrder[],
): Promise<readonly CloudChange[]> {
  await judgeClouds(client, orders);
  const changes: CloudChange[] = [];
  for (const order of orders) changes.push(await put(client, order, false));
  return changes;
}

function put(
  client: Pick<CloudClient, 'putCloud'>,
  { name, body }: CloudOrder,
  dryRun: boolean,
): Promise<CloudChange> {
  return client.putCloud({ params: { name }, body: { ...body, dryRun } });
}

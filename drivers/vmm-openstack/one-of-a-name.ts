import { PlatformError, isPlatformError } from '@trencadis/errors';
import { type Dated, oldestFirst } from '@trencadis/openstack-client';

export interface OneOfAName<Item extends Dated> {
  /** All of that name that are ours. */
  readonly list: () => Promise<readonly Item[]>;
  readonly create: () => Promise<unknown>;
  readonly remove: (item: Item) => Promise<void>;
}

/**
 * The one thing of a name, made where there is none. OpenStack lets several have one name: when two processes made it at
 * once, both keep the oldest (by id within a second) and remove the others.
 */
export async function oneOfAName<Item extends Dated>(parts: OneOfAName<Item>): Promise<Item> {
  let found = await parts.list();
  if (found.length === 0) {
    const refusal = await refusalOf(parts.create);
    found = await parts.list();
    // Where another process was quicker, what it has made is in the way.
    if (refusal !== undefined && found.length === 0) throw refusal;
  }
  const [kept, ...others] = oldestFirst(found);
  for (const other of others) await parts.remove(other);
  if (kept === undefined) {
    throw new PlatformError('unavailable', 'OpenStack does not list what it has just made. Try again later.');
  }
  return kept;
}

async function refusalOf(create: () => Promise<unknown>): Promise<PlatformError | undefined> {
  try {
    await create();
    return undefined;
  } catch (error) {
    if (isPlatformError(error)) return error;
    throw error;
  }
}

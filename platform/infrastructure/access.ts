import { PlatformError } from '@trencadis/errors';
import type { Infrastructure, Share } from './model.ts';
import type { StoreCaller } from './store.ts';

/** Who calls. */
export type InfrastructureCaller = StoreCaller;

/** What a caller may do: `own` is all, also giving it to others. */
export type Access = Share['right'] | 'own';

const ranks: Readonly<Record<Access, number>> = { read: 1, change: 2, own: 3 };

export function accessOf(
  { owner, shares }: Pick<Infrastructure, 'owner' | 'shares'>,
  caller: InfrastructureCaller,
): Access | undefined {
  if (caller.isAdmin || caller.owner === owner) return 'own';
  const rights = shares.filter(({ group }) => caller.groups.includes(group)).map(({ right }) => right);
  return rights.includes('change') ? 'change' : rights[0];
}

/** Of somebody who may not even read it its existence is a secret: `not-found`. Less than is needed: `forbidden`. */
export function requireAccess(
  infrastructure: Pick<Infrastructure, 'id' | 'name' | 'owner' | 'shares'>,
  caller: InfrastructureCaller,
  needed: Access,
): void {
  const { id, name } = infrastructure;
  const access = accessOf(infrastructure, caller);
  if (access === undefined)
    throw new PlatformError('not-found', `There is no infrastructure ${id}.`, { subject: id });
  if (ranks[access] >= ranks[needed]) return;
  const message = `You may ${access} infrastructure '${name}', not ${needed} it: ask its owner.`;
  throw new PlatformError('forbidden', message, { subject: id });
}

import { PlatformError } from '@trencadis/errors';
import { z } from 'zod';
import { invalid } from './errors.ts';
import type { Service } from './service.ts';

/** https://docs.openstack.org/api-ref/network/v2/#networks , as far as it is read here. */
const visibleNetwork = z.object({
  id: z.string(),
  name: z.string().nullish(),
  'router:external': z.boolean().optional(),
});
export type VisibleNetwork = z.output<typeof visibleNetwork>;

function networks(neutron: Service, query: Record<string, string>, signal: AbortSignal) {
  return neutron.list({ path: '/networks', key: 'networks', item: visibleNetwork, query }, signal);
}

/** By id, or else by name, of what the project can see. */
export async function findNetworks(
  neutron: Service,
  nameOrId: string,
  signal: AbortSignal,
): Promise<readonly VisibleNetwork[]> {
  const byId = await networks(neutron, { id: nameOrId }, signal);
  return byId.length > 0 ? byId : networks(neutron, { name: nameOrId }, signal);
}

/** The one of that name or id. None: `not-found`. Several: `invalid-argument`. */
export async function networkCalled(
  neutron: Service,
  nameOrId: string,
  signal: AbortSignal,
): Promise<VisibleNetwork> {
  const [only, second] = await findNetworks(neutron, nameOrId, signal);
  if (only === undefined) {
    const message = `There is no network ${nameOrId} that this OpenStack project can see.`;
    throw new PlatformError('not-found', message, { subject: nameOrId });
  }
  if (second === undefined) return only;
  throw invalid(nameOrId, `Several networks of the cloud are called ${nameOrId}: give the id of one.`);
}

/** That of public addresses. None, or several and none chosen by name or id: an error that says what to do. */
export async function externalNetwork(
  neutron: Service,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<VisibleNetwork> {
  const subject = 'externalNetwork';
  const all = await networks(neutron, { 'router:external': 'True' }, signal);
  const fitting = wanted === undefined ? all : all.filter(({ id, name }) => id === wanted || name === wanted);
  const [only, second] = fitting;
  if (only !== undefined && second === undefined) return only;
  const names = all.map(({ name, id }) => name ?? id).join(', ');
  if (only !== undefined) {
    throw invalid(subject, `The cloud has several external networks (${names}): choose one as ${subject}.`);
  }
  if (wanted !== undefined) {
    const message = `The cloud has no external network ${wanted} (it has: ${names}): correct ${subject}.`;
    throw new PlatformError('not-found', message, { subject: wanted });
  }
  const message =
    'The cloud has no external network that this project can see, so that nothing can have a public address.';
  throw new PlatformError('unsupported', message, { subject });
}

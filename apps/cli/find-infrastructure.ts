import { PlatformError } from '@trencadis/errors';
import type { InfrastructureClient, InfrastructureView, StatusView } from '@trencadis/infrastructure/client';

/** By name or id; `undefined` when there is none. */
export async function findInfrastructure(
  client: InfrastructureClient,
  name: string,
): Promise<InfrastructureView | undefined> {
  const { infrastructures } = await client.list({});
  return infrastructures.find((each) => each.name === name || each.id === name);
}

export async function getInfrastructure(
  client: InfrastructureClient,
  name: string,
): Promise<InfrastructureView> {
  const found = await findInfrastructure(client, name);
  if (found) return found;
  throw new PlatformError(
    'not-found',
    `There is no infrastructure '${name}'; 'trencadis status' lists those there are.`,
    { subject: name },
  );
}

export async function statusOf(client: InfrastructureClient, name: string): Promise<StatusView> {
  const { id } = await getInfrastructure(client, name);
  return client.status({ params: { infrastructureId: id } });
}

/** The one VM whose name is, or ends in, what was given; with one VM in all, none need be given. */
export function pickVm(
  { infrastructure, vms }: StatusView,
  given: string | undefined,
): StatusView['vms'][number] {
  const candidates =
    given === undefined
      ? vms
      : vms.filter(({ name, systemId }) => [name, systemId].includes(given) || name.includes(given));
  const [vm] = candidates;
  if (vm && candidates.length === 1) return vm;
  const names = vms.map(({ name }) => name).join(', ') || 'none';
  const what = given === undefined ? 'Which VM' : `${candidates.length} VMs match '${given}'. Which one`;
  throw new PlatformError('invalid-argument', `${what} of '${infrastructure.name}'? There are: ${names}.`, {
    subject: infrastructure.name,
  });
}

import { PlatformError } from '@trencadis/errors';
import { type InfrastructureId, type VmName, brandId } from '@trencadis/ids';
import type {
  ListedServiceView,
  ServiceControlClient,
  ServiceStatusView,
} from '@trencadis/service-controller/client';
import { shortName } from './summarize-plan.ts';

/** What the API's routes about one deployed service take. */
export interface ServiceParams {
  readonly infrastructureId: InfrastructureId;
  readonly service: string;
}

export interface WhichService {
  /** Of which infrastructure, by name or id, where several have one of that name. */
  readonly infrastructure?: string;
}

export function paramsOf({
  infrastructureId,
  service,
}: Pick<ListedServiceView, 'infrastructureId' | 'service'>): ServiceParams {
  return { infrastructureId: brandId('InfrastructureId', infrastructureId), service };
}

/** `SERVICE`, or `INFRASTRUCTURE/SERVICE`. There is none: `not-found`; several: `invalid-argument`, which names them. */
export async function findService(
  client: ServiceControlClient,
  name: string,
  { infrastructure }: WhichService,
): Promise<ListedServiceView> {
  const { services } = await client.listAllDeployedServices({});
  return chooseService(services, name, infrastructure);
}

export function chooseService(
  services: readonly ListedServiceView[],
  name: string,
  infrastructure: string | undefined,
): ListedServiceView {
  const slash = name.indexOf('/');
  const service = name.slice(slash + 1);
  const place = infrastructure ?? (slash < 0 ? undefined : name.slice(0, slash));
  const found = services.filter(
    (each) =>
      each.service === service &&
      (place === undefined || place === each.infrastructureName || place === each.infrastructureId),
  );
  const [only, ...others] = found;
  if (only === undefined) {
    const message = `There is no deployed service '${name}'; 'trencadis service list' lists those there are.`;
    throw new PlatformError('not-found', message, { subject: name });
  }
  if (others.length === 0) return only;
  // Infrastructures of different owners may have the same name.
  const isNameUnique = new Set(found.map((each) => each.infrastructureName)).size === found.length;
  const names = found.map(
    (each) => `${isNameUnique ? each.infrastructureName : each.infrastructureId}/${each.service}`,
  );
  const message = `Several infrastructures have a service '${service}': say which, ${names.join(' or ')}.`;
  throw new PlatformError('invalid-argument', message, { subject: name });
}

/** Replicas by their name, its part after the infrastructure's, or their number. */
export function chooseReplicas(
  {
    replicas,
    infrastructureId,
    service,
  }: Pick<ServiceStatusView, 'replicas' | 'infrastructureId' | 'service'>,
  wanted: readonly string[],
): readonly VmName[] {
  return wanted.map((word) => {
    const found = replicas.find(
      ({ name, number }) =>
        name === word || shortName(name, infrastructureId) === word || String(number) === word,
    );
    if (found !== undefined) return brandId('VmName', found.name);
    const known = replicas.map(({ name }) => shortName(name, infrastructureId)).join(', ');
    const message = `'${service}' has no replica '${word}'; it has ${known === '' ? 'none' : known}.`;
    throw new PlatformError('not-found', message, { subject: word });
  });
}

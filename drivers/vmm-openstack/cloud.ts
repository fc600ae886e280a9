import type { Clock } from '@trencadis/clock';
import type { OpenstackCredentials } from './credentials.ts';
import { Service, type ServiceKind } from './service.ts';
import { Session } from './session.ts';
import { Transport } from './transport.ts';

/** What every operation works with. */
export interface Cloud {
  readonly nova: Service;
  readonly neutron: Service;
  readonly glance: Service;
  readonly cinder: Service;
  readonly session: Session;
  readonly options: OpenstackCredentials;
  readonly clock: Clock;
}

export interface CloudOptions {
  readonly endpoint: string;
  readonly credentials: OpenstackCredentials;
  readonly clock: Clock;
  readonly timeoutMs?: number | undefined;
}

/**
 * Nova is always asked for microversion 2.61 (Rocky, 2018); an older one answers 406, `unsupported`. Since then flavors tell
 * their extra specs; tags come with a creation since 2.52, flavors are within VMs since 2.47, and a VM may have no network
 * since 2.37.
 */
const nova: ServiceKind = {
  name: 'Nova',
  types: ['compute'],
  headers: { 'openstack-api-version': 'compute 2.61', 'x-openstack-nova-api-version': '2.61' },
};
const neutron: ServiceKind = { name: 'Neutron', types: ['network'], version: '/v2.0' };
const glance: ServiceKind = { name: 'Glance', types: ['image'], version: '/v2' };
const cinder: ServiceKind = { name: 'Cinder', types: ['block-storage', 'volumev3', 'block-store'] };

export function openCloud({ endpoint, credentials, clock, timeoutMs }: CloudOptions): Cloud {
  const transport = new Transport({
    caCertificate: credentials.caCertificate,
    clock,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  const session = new Session({ endpoint, credentials, transport, clock });
  const service = (kind: ServiceKind) => new Service(kind, session, transport);
  return {
    nova: service(nova),
    neutron: service(neutron),
    glance: service(glance),
    cinder: service(cinder),
    session,
    options: credentials,
    clock,
  };
}

import type { Clock } from '@trencadis/clock';
import {
  type OpenstackProject,
  type ProjectOptions,
  type Service,
  type ServiceKind,
  openProject,
} from '@trencadis/openstack-client';
import type { OpenstackCredentials } from './credentials.ts';
import { refusals } from './errors.ts';

/** What every operation works with. */
export interface Cloud extends OpenstackProject {
  readonly nova: Service;
  readonly neutron: Service;
  readonly glance: Service;
  readonly cinder: Service;
  readonly options: OpenstackCredentials;
  readonly clock: Clock;
}

export interface CloudOptions extends ProjectOptions {
  readonly credentials: OpenstackCredentials;
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
  refusals,
};
const neutron: ServiceKind = { name: 'Neutron', types: ['network'], base: '/v2.0', refusals };
const glance: ServiceKind = { name: 'Glance', types: ['image'], base: '/v2', refusals };
const cinderTypes = ['block-storage', 'volumev3', 'block-store'];
const cinder: ServiceKind = { name: 'Cinder', types: cinderTypes, refusals };

export function openCloud(options: CloudOptions): Cloud {
  const project = openProject(options);
  return {
    ...project,
    nova: project.service(nova),
    neutron: project.service(neutron),
    glance: project.service(glance),
    cinder: project.service(cinder),
    options: options.credentials,
    clock: options.clock,
  };
}

import type { Clock } from '@trencadis/clock';
import {
  type OpenstackAccount,
  type ProjectOptions,
  type Service,
  openProject,
} from '@trencadis/openstack-client';
import { refusals } from './errors.ts';

/** What every operation works with. */
export interface Cloud {
  readonly octavia: Service;
  readonly neutron: Service;
  readonly barbican: Service;
  readonly credentials: OpenstackAccount;
  readonly clock: Clock;
  readonly waits: Waits;
}

/** How long Octavia may take. */
export interface Waits {
  /** Between two looks. */
  readonly pollMs: number;
  /** Until a new balancer is there: machines may be booted for it. */
  readonly createMs: number;
  /** Until one change is carried out, or one that somebody else has asked for. */
  readonly changeMs: number;
}

export interface CloudOptions extends ProjectOptions {
  readonly waits?: Partial<Waits> | undefined;
}

export function openCloud({ waits, ...options }: CloudOptions): Cloud {
  const { service } = openProject(options);
  return {
    octavia: service({ name: 'Octavia', types: ['load-balancer'], base: '/v2/lbaas', refusals }),
    neutron: service({ name: 'Neutron', types: ['network'], base: '/v2.0' }),
    barbican: service({ name: 'Barbican', types: ['key-manager'], base: '/v1' }),
    credentials: options.credentials,
    clock: options.clock,
    waits: { pollMs: 500, createMs: 15 * 60_000, changeMs: 5 * 60_000, ...waits },
  };
}

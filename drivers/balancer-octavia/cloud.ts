import type { Clock } from '@trencadis/clock';
import type { OctaviaCredentials } from './credentials.ts';
import { Service } from './service.ts';
import { Session } from './session.ts';
import { Transport } from './transport.ts';

/** What every operation works with. */
export interface Cloud {
  readonly octavia: Service;
  readonly neutron: Service;
  readonly barbican: Service;
  readonly credentials: OctaviaCredentials;
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

export interface CloudOptions {
  readonly endpoint: string;
  readonly credentials: OctaviaCredentials;
  readonly clock: Clock;
  readonly timeoutMs?: number | undefined;
  readonly waits?: Partial<Waits> | undefined;
}

export function openCloud(options: CloudOptions): Cloud {
  const { endpoint, credentials, clock, timeoutMs, waits } = options;
  const transport = new Transport({ caCertificate: credentials.caCertificate, clock, timeoutMs });
  const session = new Session({ endpoint, credentials, transport, clock });
  const service = (name: string, type: string, base: `/v${string}`) =>
    new Service({ name, type, base }, session, transport);
  return {
    octavia: service('Octavia', 'load-balancer', '/v2/lbaas'),
    neutron: service('Neutron', 'network', '/v2.0'),
    barbican: service('Barbican', 'key-manager', '/v1'),
    credentials,
    clock,
    waits: { pollMs: 500, createMs: 15 * 60_000, changeMs: 5 * 60_000, ...waits },
  };
}

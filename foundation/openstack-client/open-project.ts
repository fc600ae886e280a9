import type { Clock } from '@trencadis/clock';
import type { OpenstackAccount } from './account.ts';
import { invalid } from './errors.ts';
import { Service, type ServiceKind } from './service.ts';
import { Session } from './session.ts';
import { Transport } from './transport.ts';

export interface ProjectOptions {
  /** Of Keystone: `https://cloud.example:5000/v3`. */
  readonly endpoint?: string | undefined;
  readonly credentials: OpenstackAccount;
  readonly clock: Clock;
  /** For one answer of the cloud. Default 60 s. */
  readonly timeoutMs?: number | undefined;
}

/** One project of an OpenStack cloud, as an account of it: one login for all its services. */
export interface OpenstackProject {
  readonly session: Session;
  readonly service: (kind: ServiceKind) => Service;
}

/** Asks nothing of the cloud yet. */
export function openProject({ endpoint, credentials, clock, timeoutMs }: ProjectOptions): OpenstackProject {
  if (endpoint === undefined) {
    const message = 'An OpenStack cloud needs its endpoint, the address of Keystone: https://HOST:5000/v3.';
    throw invalid('endpoint', message);
  }
  const transport = new Transport({ caCertificate: credentials.caCertificate, clock, timeoutMs });
  const session = new Session({ endpoint, credentials, transport, clock });
  return { session, service: (kind) => new Service(kind, session, transport) };
}

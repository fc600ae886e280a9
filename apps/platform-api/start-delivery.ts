import { isIP } from 'node:net';
import { join } from 'node:path';
import { createAuthority, issueServerCertificate } from '@trencadis/certificates';
import type { Clock } from '@trencadis/clock';
import {
  type ComponentRepository,
  type DeliveryParts,
  createDeliveryGrants,
  deliveryApi,
  deliveryHandlers,
} from '@trencadis/component-repository';
import { PlatformError } from '@trencadis/errors';
import { createHttpServer, listen, registerRoutes } from '@trencadis/http';
import type { Log } from '@trencadis/log';
import { readOrCreateKeyFile } from '@trencadis/sealing';
import type { Settings } from './settings.ts';

export interface DeliverySettings {
  readonly host: string;
  readonly port: number;
  /** The IP address by which machines reach the listener. */
  readonly address: string;
}

interface Parts {
  readonly repository: ComponentRepository;
  /** Signs the grants. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  readonly log: Log;
  /** Closes the listener. */
  readonly signal: AbortSignal;
}

/**
 * The HTTPS listener from which machines fetch components: no route but the file of a grant. Its authority is made
 * anew at each start and given along with every grant, so that nobody has to keep it.
 */
export async function startDelivery(at: DeliverySettings, parts: Parts): Promise<DeliveryParts> {
  const { repository, key, clock, log, signal } = parts;
  assertReachable(at.address);
  const authority = await createAuthority({ commonName: 'Trencadis component delivery', clock });
  const certificate = { authority, clock, dnsNames: [], ipAddresses: [at.address], days: 3650 };
  const tls = await issueServerCertificate(certificate);
  const grants = createDeliveryGrants({ key, clock });
  const server = await createHttpServer({
    log,
    title: 'Trencadis components',
    version: '0.1.0',
    tls,
    signal,
  });
  const handlers = deliveryHandlers({ repository, log });
  registerRoutes(server, deliveryApi, handlers, { authenticate: (token) => grants.verify(token) });
  const { port } = new URL(await listen(server, at));
  const host = at.address.includes(':') ? `[${at.address}]` : at.address;
  return { grants, baseUrl: `https://${host}:${port}`, authorityPem: authority.certificatePem };
}

/** As {@link startDelivery}, where the settings say; `undefined` when they say nothing. */
export async function openDelivery(
  { home, deliveryHost, deliveryPort: port, deliveryAddress }: Settings,
  parts: Omit<Parts, 'key'>,
): Promise<DeliveryParts | undefined> {
  if (deliveryHost === undefined) return undefined;
  const at = { host: deliveryHost, port, address: deliveryAddress ?? deliveryHost };
  return startDelivery(at, { ...parts, key: await readOrCreateKeyFile(join(home, 'grants.key')) });
}

function assertReachable(address: string): void {
  if (isIP(address) !== 0 && address !== '0.0.0.0' && address !== '::') return;
  const message = `Machines cannot reach '${address}': set DELIVERY_ADDRESS to the IP address by which they reach this host.`;
  throw new PlatformError('invalid-argument', message, { subject: 'DELIVERY_ADDRESS' });
}

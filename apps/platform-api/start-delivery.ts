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
  deliveryPath,
} from '@trencadis/component-repository';
import { PlatformError } from '@trencadis/errors';
import { createHttpServer, listen, registerRoutes } from '@trencadis/http';
import type { ComponentDelivery } from '@trencadis/infrastructure';
import type { Log } from '@trencadis/log';
import { readOrCreateKeyFile } from '@trencadis/sealing';
import type { Settings } from './settings.ts';

export interface DeliverySettings {
  readonly host: string;
  readonly port: number;
  /** An IP address by which machines reach the listener, for the URLs given to people. */
  readonly address?: string | undefined;
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

/** For operators and for deployments. */
export type Delivery = DeliveryParts & ComponentDelivery;

/** In the certificate and asked for by machines, whatever the address by which they come; no name server knows it. */
const serverName = 'components.trencadis.internal';

/**
 * The HTTPS listener from which machines fetch components: no route but the file of a grant. Its authority is made
 * anew at each start and given along with every grant, so that nobody has to keep it.
 */
export async function startDelivery(at: DeliverySettings, parts: Parts): Promise<Delivery> {
  const { repository, key, clock, log, signal } = parts;
  const tls = await certify(at, clock);
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
  const port = Number(new URL(await listen(server, at)).port);
  log.info({ host: at.host, port }, 'machines can fetch components');
  const { authorityPem } = tls;
  return {
    grants,
    baseUrl: `https://${hostOf(at)}:${port}`,
    authorityPem,
    order: async ({ digest }, vmName) => {
      const { token } = await grants.issue({ vmName, digest });
      return { port, path: deliveryPath(digest), serverName, authorityPem, token };
    },
  };
}

/** As {@link startDelivery}, where the settings say; `undefined` when they say `off`. */
export async function openDelivery(
  { home, deliveryHost: host, deliveryPort: port, deliveryAddress: address }: Settings,
  parts: Omit<Parts, 'key'>,
): Promise<Delivery | undefined> {
  if (host === 'off') return undefined;
  const key = await readOrCreateKeyFile(join(home, 'grants.key'));
  return startDelivery({ host, port, address }, { ...parts, key });
}

async function certify({ address }: DeliverySettings, clock: Clock) {
  const ipAddresses = address === undefined ? [] : [reachable(address)];
  const authority = await createAuthority({ commonName: 'Trencadis component delivery', clock });
  const names = { dnsNames: [serverName], ipAddresses };
  const issued = await issueServerCertificate({ authority, clock, ...names, days: 3650 });
  return { ...issued, authorityPem: authority.certificatePem };
}

function hostOf({ address = serverName }: DeliverySettings): string {
  return address.includes(':') ? `[${address}]` : address;
}

function reachable(address: string): string {
  if (isIP(address) !== 0 && address !== '0.0.0.0' && address !== '::') return address;
  const message = `Machines cannot reach '${address}': set DELIVERY_ADDRESS to the IP address by which they reach this host.`;
  throw new PlatformError('invalid-argument', message, { subject: 'DELIVERY_ADDRESS' });
}

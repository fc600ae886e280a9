import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { TokenIssuer } from '@trencadis/access/issuer';
import { pollUntil, systemClock } from '@trencadis/clock';
import { PlatformError, isPlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import { type KeyServerClient, createKeyServerClient } from '@trencadis/key-server/client';

const ontology = 5;
const readyDeadlineMs = 60_000;

export interface KeyServerAddress {
  readonly baseUrl: string;
  readonly authorityPem: string;
}

/** Stores one share of a made-up object's key at the Key Server, reads it back and compares. Answers the object's EOUID. */
export async function exchangeShare(
  { baseUrl, authorityPem }: KeyServerAddress,
  issuer: TokenIssuer,
): Promise<string> {
  const token = await issuer.issueToken({
    subject: 'radiologist@demo.invalid',
    scopes: [`key.write:/ontologies/${ontology}`, `key.read:/ontologies/${ontology}`],
  });
  await using client = createKeyServerClient({ baseUrl, authorityPem, token });
  const eouid = brandId('Eouid', randomUUID().toUpperCase());
  const share = randomBytes(32);
  const mac = createHmac('sha256', randomBytes(32)).update(share).digest('base64');
  const body = { shareId: 1, share: share.toString('base64'), mac, ontologies: [ontology] };
  await awaitReady(client, baseUrl);
  await client.storeShare({ params: { eouid }, body });
  const retrieved = await client.retrieveShare({ params: { eouid }, query: { ontology } });
  if (retrieved.share !== body.share || retrieved.mac !== mac) {
    throw new PlatformError(
      'internal',
      `The Key Server at ${baseUrl} answered another share than was stored.`,
      { subject: eouid },
    );
  }
  return eouid;
}

/** The service starts while its database is still being made, and says itself when it has found it. */
async function awaitReady(client: KeyServerClient, baseUrl: string): Promise<void> {
  const probe = async () => {
    try {
      return await client.checkReady({});
    } catch (error) {
      if (isPlatformError(error, 'unavailable')) return undefined;
      throw error;
    }
  };
  const ready = await pollUntil(probe, { clock: systemClock, everyMs: 200, deadlineMs: readyDeadlineMs });
  if (ready) return;
  const message = `The Key Server at ${baseUrl} does not get ready: 'trencadis ssh key-server gt4 -- journalctl -u trencadis-key-server' says why.`;
  throw new PlatformError('unavailable', message, { subject: baseUrl });
}

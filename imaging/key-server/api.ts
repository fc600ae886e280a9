import { defineRoutes } from '@trencadis/http/contract';
import { brandId, idPatterns } from '@trencadis/ids';
import { z } from 'zod';

const eouid = z
  .string()
  .regex(idPatterns.Eouid, 'must be an upper-case UUID')
  .transform((text) => brandId('Eouid', text))
  .meta({ description: 'Encrypted Object Unique Identifier' });
const ontology = z.int().min(0).max(2_147_483_647);
const ontologies = z.array(ontology).min(1).max(1000);
const share = z.base64().min(4).max(4096).meta({ description: 'The share, as base64' });
const mac = z
  .base64()
  .length(44, 'must be the 32 bytes of an HMAC-SHA-256 as base64')
  .meta({ description: 'HMAC-SHA-256 made by who split the key, as base64' });
const shareId = z.int().min(1).max(255);
const version = z.int().min(1);
const params = z.object({ eouid });
const stored = z.object({
  eouid: z.string(),
  shareId,
  version,
  ontologies,
  storedAt: z.iso.datetime(),
});
const status = z.object({ status: z.literal('ok') });

/** The Key Server's HTTP API: the paper's store, retrieve, update and sign, and what operators ask. */
export const keyServerApi = defineRoutes({
  storeShare: {
    method: 'PUT',
    path: '/shares/{eouid}',
    summary: 'Store the share of an object’s key; the same again changes nothing, another is refused',
    params,
    body: z.strictObject({ shareId, share, mac, ontologies }),
    response: stored,
    access: { right: 'key.write' },
  },
  retrieveShare: {
    method: 'GET',
    path: '/shares/{eouid}',
    summary: 'Get the share of an object’s key, by an ontology of the object that the caller holds',
    params,
    query: z.object({ ontology: z.coerce.number<string | number>().pipe(ontology) }),
    response: z.object({ eouid: z.string(), shareId, share, mac, version }),
    access: { right: 'key.read' },
  },
  updateShare: {
    method: 'PATCH',
    path: '/shares/{eouid}',
    summary: 'Replace a share; `version` is the one that is replaced',
    params,
    body: z.strictObject({ shareId, share, mac, version }),
    response: stored,
    access: { right: 'key.update' },
  },
  signBinding: {
    method: 'POST',
    path: '/bindings',
    summary: 'Sign that an object belongs to ontologies (Ed25519 JWS)',
    body: z.strictObject({ eouid, ontologies }),
    response: z.object({ jws: z.string() }),
    access: { right: 'key.sign' },
  },
  getSigningKeys: {
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary: 'The public keys that verify bindings (RFC 7517)',
    response: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
    access: 'public',
  },
  checkLive: {
    method: 'GET',
    path: '/healthz',
    summary: 'Whether the process serves',
    response: status,
    access: 'public',
  },
  checkReady: {
    method: 'GET',
    path: '/readyz',
    summary: 'Whether the database is there, with its tables',
    response: status,
    access: 'public',
  },
});

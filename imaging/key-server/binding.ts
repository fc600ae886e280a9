import type { Clock } from '@trencadis/clock';
import type { Eouid } from '@trencadis/ids';
import { type SealingKey, open, seal } from '@trencadis/sealing';
import {
  CompactSign,
  type JSONWebKeySet,
  type JWK,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
} from 'jose';
import type { SigningKeyRecord } from './model.ts';
import type { KeyStore } from './store.ts';
import { bindingType, sortedOntologies } from './verify-binding.ts';

/** Signs bindings of objects to ontologies with this server's Ed25519 key. */
export interface BindingSigner {
  sign(eouid: Eouid, ontologies: readonly number[]): Promise<string>;
  publicKeys(): Promise<JSONWebKeySet>;
}

/** The key is made at first use, by one of the replicas for all, and kept sealed in the store. */
export function createBindingSigner(parts: {
  readonly store: KeyStore;
  readonly sealingKey: SealingKey;
  readonly clock: Clock;
}): BindingSigner {
  const { store, sealingKey, clock } = parts;
  let loaded: Promise<SigningKeyRecord> | undefined;
  const key = async (): Promise<SigningKeyRecord> => {
    loaded ??= loadOrMake(store, sealingKey, clock);
    try {
      return await loaded;
    } catch (error) {
      // The database may be back at the next request.
      loaded = undefined;
      throw error;
    }
  };
  return {
    sign: async (eouid, ontologies) =>
      await signBinding(await key(), sealingKey, { eouid, ontologies, clock }),
    publicKeys: async () => ({ keys: [(await key()).publicJwk] }),
  };
}

const sealingContext = 'signing-key:binding';

async function loadOrMake(store: KeyStore, sealingKey: SealingKey, clock: Clock): Promise<SigningKeyRecord> {
  const found = await store.transaction((transaction) => transaction.findSigningKey());
  if (found !== undefined) return found;
  const candidate = await newSigningKey(sealingKey, clock);
  return await store.transaction((transaction) => transaction.keepSigningKey(candidate));
}

async function newSigningKey(sealingKey: SealingKey, clock: Clock): Promise<SigningKeyRecord> {
  const { publicKey, privateKey } = await generateKeyPair('Ed25519', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const privateText = JSON.stringify(await exportJWK(privateKey));
  return {
    publicJwk: { ...jwk, kid, alg: 'EdDSA', use: 'sig' },
    sealedPrivateJwk: seal(Buffer.from(privateText), sealingKey, sealingContext),
    createdAt: clock.now(),
  };
}

async function signBinding(
  key: SigningKeyRecord,
  sealingKey: SealingKey,
  binding: { readonly eouid: Eouid; readonly ontologies: readonly number[]; readonly clock: Clock },
): Promise<string> {
  const privateJwk = JSON.parse(open(key.sealedPrivateJwk, sealingKey, sealingContext).toString()) as JWK;
  const { kid } = key.publicJwk as JWK;
  const payload = {
    eouid: binding.eouid,
    ontologies: sortedOntologies(binding.ontologies),
    iat: Math.floor(binding.clock.now().getTime() / 1000),
  };
  return await new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', typ: bindingType, ...(kid === undefined ? {} : { kid }) })
    .sign(await importJWK(privateJwk, 'EdDSA'));
}

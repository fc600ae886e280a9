import { PlatformError } from '@trencadis/errors';
import { type Eouid, brandId } from '@trencadis/ids';
import { type JSONWebKeySet, compactVerify, createLocalJWKSet } from 'jose';
import { z } from 'zod';

/** The type of our signed bindings, so that no other signature of the same key is taken for one. */
export const bindingType = 'trencadis-binding+jws';

/** That an object belongs to exactly these ontologies (ascending), as a Key Server signed it. */
export interface Binding {
  readonly eouid: Eouid;
  readonly ontologies: readonly number[];
  /** Seconds since 1970-01-01 UTC. */
  readonly signedAtSeconds: number;
}

export function sortedOntologies(ontologies: readonly number[]): readonly number[] {
  return [...new Set(ontologies)].toSorted((one, other) => one - other);
}

const payloadSchema = z.object({ eouid: z.string(), ontologies: z.array(z.int()).min(1), iat: z.int() });

/** The binding that a JWS proves under a Key Server's public keys; `forbidden` when it proves none. */
export async function verifyBinding(jws: string, keys: JSONWebKeySet): Promise<Binding> {
  try {
    const { payload, protectedHeader } = await compactVerify(jws, createLocalJWKSet(keys), {
      algorithms: ['EdDSA'],
    });
    if (protectedHeader.typ !== bindingType) throw new TypeError(`its type is ${protectedHeader.typ}`);
    const { eouid, ontologies, iat } = payloadSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
    return { eouid: brandId('Eouid', eouid), ontologies, signedAtSeconds: iat };
  } catch (cause) {
    throw new PlatformError('forbidden', 'The binding is not signed by this Key Server.', { cause });
  }
}

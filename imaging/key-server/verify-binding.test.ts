import { CompactSign, exportJWK, generateKeyPair } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { newEouid } from './testing/fixtures.ts';
import { verifyBinding } from './verify-binding.ts';

const eouid = newEouid();
let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let jwks: Parameters<typeof verifyBinding>[1];

beforeAll(async () => {
  keys = await generateKeyPair('Ed25519');
  jwks = { keys: [await exportJWK(keys.publicKey)] };
});

async function signed(payload: object, typ: string): Promise<string> {
  return await new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', typ })
    .sign(keys.privateKey);
}

describe('verifyBinding', () => {
  it('answers what a binding says', async () => {
    const jws = await signed({ eouid, ontologies: [5, 6], iat: 12 }, 'trencadis-binding+jws');
    expect(await verifyBinding(jws, jwks)).toEqual({ eouid, ontologies: [5, 6], signedAtSeconds: 12 });
  });

  it.each([
    { what: 'of another type', payload: { ontologies: [5] }, typ: 'JWT' },
    { what: 'without ontologies', payload: { ontologies: [] }, typ: 'trencadis-binding+jws' },
    { what: 'of no EOUID', payload: { ontologies: [5], eouid: 'x' }, typ: 'trencadis-binding+jws' },
  ])('takes no signed text $what for one', async ({ payload, typ }) => {
    const jws = await signed({ eouid, iat: 12, ...payload }, typ);
    await expect(verifyBinding(jws, jwks)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('takes nothing that another key signed', async () => {
    const other = await generateKeyPair('Ed25519');
    const jws = await signed({ eouid, ontologies: [5], iat: 12 }, 'trencadis-binding+jws');
    const otherKeys = { keys: [await exportJWK(other.publicKey)] };
    await expect(verifyBinding(jws, otherKeys)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

import type { Clock } from '@trencadis/clock';
import { brandId, sha256OfText } from '@trencadis/ids';
import { SignJWT, UnsecuredJWT, decodeJwt, generateKeyPair } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDeliveryGrants } from './delivery-grants.ts';

const key = Buffer.alloc(32, 7);
const audience = 'trencadis-component-delivery';
const start = new Date('2026-11-23T12:00:00Z');
let now = start;
const clock: Clock = { now: () => now, sleep: async () => {} };
const grant = { vmName: brandId('VmName', 'gt4'), digest: sha256OfText('a') };
const grants = createDeliveryGrants({ key, clock });
beforeEach(() => {
  now = start;
});

describe('a grant', () => {
  it('names one machine and one file, and no more', async () => {
    const { token, lifetimeSeconds } = await grants.issue(grant);
    expect(await grants.verify(token)).toEqual(grant);
    expect(decodeJwt(token)).toEqual({
      aud: audience,
      sub: 'gt4',
      digest: grant.digest,
      iat: start.getTime() / 1000,
      exp: start.getTime() / 1000 + lifetimeSeconds,
    });
  });

  it('is good for five minutes', async () => {
    const { token } = await grants.issue(grant);
    now = new Date(start.getTime() + 299_999);
    expect(await grants.verify(token)).toEqual(grant);
    now = new Date(start.getTime() + 300_000);
    await expect(grants.verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('no grant is a token', () => {
  const seconds = start.getTime() / 1000;
  const claims = (digest: unknown = grant.digest, subject = 'gt4', alg = 'HS256') =>
    new SignJWT({ digest })
      .setSubject(subject)
      .setAudience(audience)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 60)
      .setProtectedHeader({ alg });
  const forged: Readonly<Record<string, () => Promise<string> | string>> = {
    'signed with another key': () => claims().sign(Buffer.alloc(32, 8)),
    'of another algorithm': () => claims(grant.digest, 'gt4', 'HS512').sign(key),
    'signed with a private key': async () => {
      const { privateKey } = await generateKeyPair('EdDSA');
      return await claims(grant.digest, 'gt4', 'EdDSA').sign(privateKey);
    },
    'without a signature': () =>
      new UnsecuredJWT({ digest: grant.digest })
        .setSubject('gt4')
        .setAudience(audience)
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + 60)
        .encode(),
    'for something else': () => claims().setAudience('key-server').sign(key),
    'without an end': () =>
      new SignJWT({ digest: grant.digest })
        .setSubject('gt4')
        .setAudience(audience)
        .setIssuedAt(seconds)
        .setProtectedHeader({ alg: 'HS256' })
        .sign(key),
    'for what is no digest': () => claims('../../etc/passwd').sign(key),
    'for what is no machine': () => claims(grant.digest, 'gt4; reboot').sign(key),
    'that is empty': () => '',
  };

  it('the token that would be one is good otherwise', async () => {
    expect(await grants.verify(await claims().sign(key))).toEqual(grant);
  });

  it.each(Object.entries(forged))('%s', async (_what, token) => {
    await expect(grants.verify(await token())).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

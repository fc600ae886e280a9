import type { Clock } from '@trencadis/clock';
import { SignJWT, UnsecuredJWT, decodeJwt, generateKeyPair } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHmacTokens } from './hmac-tokens.ts';

const key = Buffer.alloc(32, 7);
const audience = 'library';
const start = new Date('2026-11-23T12:00:00.700Z');
const seconds = Math.floor(start.getTime() / 1000);
let now = start;
const clock: Clock = { now: () => now, sleep: async () => {} };
const schema = z.object({ sub: z.string(), shelf: z.string().regex(/^[a-z]+$/) });
const tokens = createHmacTokens({ key, clock, audience, claims: schema, refusal: 'Ask the librarian.' });
const claims = { sub: 'ada', shelf: 'maths' };
const refused = { code: 'unauthenticated', message: 'Ask the librarian.' };
beforeEach(() => {
  now = start;
});

describe('a token', () => {
  it('carries its claims, whose it is and for how long, and no more', async () => {
    const { token, expiresAt } = await tokens.issue(claims, 300);
    expect(await tokens.verify(token)).toEqual(claims);
    expect(expiresAt).toEqual(new Date((seconds + 300) * 1000));
    expect(decodeJwt(token)).toEqual({ ...claims, aud: audience, iat: seconds, exp: seconds + 300 });
  });

  it('is good until it expires', async () => {
    const { token, expiresAt } = await tokens.issue(claims, 300);
    now = new Date(expiresAt.getTime() - 1);
    expect(await tokens.verify(token)).toEqual(claims);
    now = expiresAt;
    await expect(tokens.verify(token)).rejects.toMatchObject(refused);
  });
});

describe('no token is one', () => {
  const begun = (alg = 'HS256', payload: Record<string, unknown> = claims) =>
    new SignJWT(payload).setAudience(audience).setIssuedAt(seconds).setProtectedHeader({ alg });
  const whole = (...given: Parameters<typeof begun>) => begun(...given).setExpirationTime(seconds + 60);
  const forged: Readonly<Record<string, () => Promise<string> | string>> = {
    'signed with another key': () => whole().sign(Buffer.alloc(32, 8)),
    'of another algorithm': () => whole('HS512').sign(key),
    'signed with a private key': async () => {
      const { privateKey } = await generateKeyPair('EdDSA');
      return await whole('EdDSA').sign(privateKey);
    },
    'without a signature': () =>
      new UnsecuredJWT(claims)
        .setAudience(audience)
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + 60)
        .encode(),
    'for another audience': () => whole().setAudience('key-server').sign(key),
    'without an end': () => begun().sign(key),
    'without a claim': () => whole('HS256', { sub: 'ada' }).sign(key),
    'with a claim that cannot be': () => whole('HS256', { ...claims, shelf: '../../etc/passwd' }).sign(key),
    'that is empty': () => '',
  };

  it('the token that would be one is good otherwise', async () => {
    expect(await tokens.verify(await whole().sign(key))).toEqual(claims);
  });

  it.each(Object.entries(forged))('%s', async (_what, token) => {
    await expect(tokens.verify(await token())).rejects.toMatchObject(refused);
  });
});

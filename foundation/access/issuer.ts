import type { Clock } from '@trencadis/clock';
import { type JWK, SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { TrustedIssuer } from './trusted-issuer.ts';

export interface TokenRequest {
  readonly subject: string;
  /** `key.read:/ontologies/5`, ... */
  readonly scopes: readonly string[];
  readonly groups?: readonly string[];
  /** Default one hour. */
  readonly lifetimeSeconds?: number;
}

export interface TokenIssuer {
  /** What a service must be configured with to accept the tokens. */
  readonly trusted: TrustedIssuer;
  /** The signing key. A secret: who has it can say to be anybody. Keep it to issue under the same key later. */
  readonly privateJwk: JWK;
  issueToken(request: TokenRequest): Promise<string>;
}

/**
 * Issues tokens of the WLCG profile 1.0, signed with ES256 under the given key or a fresh one: for demonstrations and
 * tests, until a virtual organization's own issuer is there.
 */
export async function createTokenIssuer(settings: {
  readonly issuer: string;
  readonly audience: string;
  readonly clock: Clock;
  readonly privateJwk?: JWK;
}): Promise<TokenIssuer> {
  const { issuer, audience, clock } = settings;
  const privateJwk = settings.privateJwk ?? (await newPrivateJwk());
  const signingKey = await importJWK(privateJwk, 'ES256');
  const key = await publicJwkOf(privateJwk);
  return {
    trusted: { issuer, audience, jwks: { keys: [key] } },
    privateJwk,
    issueToken: async ({ subject, scopes, groups = [], lifetimeSeconds = 3600 }) => {
      const now = Math.floor(clock.now().getTime() / 1000);
      return await new SignJWT({ 'wlcg.ver': '1.0', 'wlcg.groups': groups, scope: scopes.join(' ') })
        .setProtectedHeader({ alg: 'ES256', kid: key.kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + lifetimeSeconds)
        .sign(signingKey);
    },
  };
}

async function newPrivateJwk(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return await exportJWK(privateKey);
}

async function publicJwkOf(privateJwk: JWK) {
  const { x = '', y = '' } = privateJwk;
  const kid = await calculateJwkThumbprint(privateJwk);
  return { kty: 'EC' as const, crv: 'P-256' as const, x, y, kid, alg: 'ES256', use: 'sig' };
}

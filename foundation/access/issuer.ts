import type { Clock } from '@trencadis/clock';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
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
  issueToken(request: TokenRequest): Promise<string>;
}

/**
 * Issues tokens of the WLCG profile 1.0 under a fresh ES256 key that lives only in this process: for demonstrations
 * and tests, until a virtual organization's own issuer is there.
 */
export async function createTokenIssuer(settings: {
  readonly issuer: string;
  readonly audience: string;
  readonly clock: Clock;
}): Promise<TokenIssuer> {
  const { issuer, audience, clock } = settings;
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const { kty, crv, x, y } = await exportJWK(publicKey);
  const key = {
    kty,
    crv,
    x,
    y,
    kid: 'key-1',
    alg: 'ES256',
    use: 'sig',
  } as TrustedIssuer['jwks']['keys'][number];
  return {
    trusted: { issuer, audience, jwks: { keys: [key] } },
    issueToken: async ({ subject, scopes, groups = [], lifetimeSeconds = 3600 }) => {
      const now = Math.floor(clock.now().getTime() / 1000);
      return await new SignJWT({ 'wlcg.ver': '1.0', 'wlcg.groups': groups, scope: scopes.join(' ') })
        .setProtectedHeader({ alg: 'ES256', kid: 'key-1' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + lifetimeSeconds)
        .sign(privateKey);
    },
  };
}

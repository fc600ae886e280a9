import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { type JWTPayload, createLocalJWKSet, decodeJwt, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Caller } from './caller.ts';
import { parseScopes } from './scopes.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';

/** The caller whom a token proves; throws `unauthenticated`. */
export type VerifyToken = (token: string) => Promise<Caller>;

/** Servers' clocks differ by some seconds. */
const clockToleranceSeconds = 30;

/**
 * Verifies tokens of the WLCG profile 1.0 (a JWT with `wlcg.ver`, capability scopes in `scope`, groups in
 * `wlcg.groups`) offline: signed with ES256 or Ed25519 by a key of its issuer, for that issuer's audience, not
 * expired. The keys of one issuer never prove a token of another.
 */
export function createTokenVerifier(trust: {
  readonly issuers: readonly TrustedIssuer[];
  readonly clock: Clock;
}): VerifyToken {
  const known = new Map(
    trust.issuers.map(({ issuer, audience, jwks }) => [issuer, { audience, keys: createLocalJWKSet(jwks) }]),
  );
  return async (token) => {
    try {
      const issuer = decodeJwt(token).iss ?? '';
      const trusted = known.get(issuer);
      if (trusted === undefined)
        throw new PlatformError('unauthenticated', 'The issuer of your token is not trusted here.');
      const { payload } = await jwtVerify(token, trusted.keys, {
        issuer,
        audience: trusted.audience,
        algorithms: ['ES256', 'EdDSA', 'Ed25519'],
        requiredClaims: ['exp', 'iat', 'sub', 'wlcg.ver'],
        clockTolerance: clockToleranceSeconds,
        currentDate: trust.clock.now(),
      });
      return callerOf(payload, issuer);
    } catch (error) {
      throw unauthenticated(error);
    }
  };
}

const claimsSchema = z.object({
  sub: z.string().min(1),
  scope: z.string().default(''),
  'wlcg.ver': z.string().regex(/^1\.\d+$/),
  'wlcg.groups': z.array(z.string()).default([]),
});

function callerOf(payload: JWTPayload, issuer: string): Caller {
  const claims = claimsSchema.parse(payload);
  return { subject: claims.sub, issuer, groups: claims['wlcg.groups'], scopes: parseScopes(claims.scope) };
}

function unauthenticated(error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  return new PlatformError('unauthenticated', reasonOf(error), { cause: error });
}

/** Only what helps an honest caller; a forger learns nothing of the keys. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'Your token has expired. Get a new one.';
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') {
    return 'Your token was made for another service. Get one whose audience is this service.';
  }
  return 'Your token is not valid here.';
}

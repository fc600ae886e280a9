import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { type JWTPayload, SignJWT, jwtVerify } from 'jose';
import type { ZodType } from 'zod';

/** For those who verify what they issue. */
export interface HmacTokens<Claims> {
  /** Good until `expiresAt`, which is in whole seconds. */
  issue(
    claims: Claims,
    lifetimeSeconds: number,
  ): Promise<{ readonly token: string; readonly expiresAt: Date }>;
  /** What it claims; throws `unauthenticated` for any other token, or one that has expired. */
  verify(token: string): Promise<Claims>;
}

export interface HmacTokenOptions<Claims> {
  /** 32 bytes that nobody else needs; with another key all tokens are void. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  /** Tells these tokens from others under the same key. */
  readonly audience: string;
  readonly claims: ZodType<Claims>;
  /** To who brings another token: what it should have been and how to get one. */
  readonly refusal: string;
}

/** JWTs (RFC 7519) with HS256 (RFC 7518, 3.2). */
export function createHmacTokens<Claims extends JWTPayload>({
  key,
  clock,
  audience,
  claims: schema,
  refusal,
}: HmacTokenOptions<Claims>): HmacTokens<Claims> {
  return {
    issue: async (claims, lifetimeSeconds) => {
      const issuedAt = Math.floor(clock.now().getTime() / 1000);
      const expires = issuedAt + lifetimeSeconds;
      const jwt = new SignJWT(claims).setAudience(audience).setIssuedAt(issuedAt).setExpirationTime(expires);
      const token = await jwt.setProtectedHeader({ alg: 'HS256' }).sign(key);
      return { token, expiresAt: new Date(expires * 1000) };
    },
    verify: async (token) => {
      try {
        const { payload } = await jwtVerify(token, key, {
          audience,
          algorithms: ['HS256'],
          requiredClaims: ['exp', 'iat'],
          currentDate: clock.now(),
        });
        return schema.parse(payload);
      } catch (cause) {
        throw new PlatformError('unauthenticated', refusal, { cause });
      }
    },
  };
}

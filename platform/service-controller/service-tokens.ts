import { type Clock, later } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { idPatterns } from '@trencadis/ids';
import { SignJWT, jwtVerify } from 'jose';
import { z } from 'zod';
import type { GroupKey } from './fleet.ts';

const audience = 'trencadis-replicas';
/** Tells it from tokens of people, before anything is verified. */
export const serviceTokenPrefix = 'svc_';
const dayMs = 86_400_000;

/** Lets replicas of one service report: push figures, beat, and say how a hook goes on. Nothing else. */
export interface ServiceTokens {
  issue(key: GroupKey, days: number): Promise<{ readonly token: string; readonly expiresAt: Date }>;
  /** Whose replicas; throws `unauthenticated` for any other token, or one that has expired. */
  verify(token: string): Promise<GroupKey>;
}

/**
 * Tokens are JWTs (RFC 7519) with HS256 under that secret key (32 bytes), which nobody else needs. With another key all
 * of them are void; those of a service that is gone open nothing.
 */
export function createServiceTokens({
  key: secret,
  clock,
}: {
  readonly key: Uint8Array;
  readonly clock: Clock;
}): ServiceTokens {
  return {
    issue: async ({ infrastructureId, serviceId }, days) => {
      const now = clock.now();
      const expiresAt = later(now, days * dayMs);
      const signed = await new SignJWT({ service: serviceId })
        .setAudience(audience)
        .setSubject(infrastructureId)
        .setIssuedAt(now)
        .setExpirationTime(expiresAt)
        .setProtectedHeader({ alg: 'HS256' })
        .sign(secret);
      return { token: `${serviceTokenPrefix}${signed}`, expiresAt };
    },
    verify: async (token) => {
      try {
        const { payload } = await jwtVerify(token.slice(serviceTokenPrefix.length), secret, {
          audience,
          algorithms: ['HS256'],
          requiredClaims: ['exp', 'iat', 'sub', 'service'],
          currentDate: clock.now(),
        });
        const { sub, service } = claimsSchema.parse(payload);
        return { infrastructureId: sub as GroupKey['infrastructureId'], serviceId: service };
      } catch (cause) {
        const message =
          'This is no token of a service here, or it has expired: trencadis service token SERVICE makes another one.';
        throw new PlatformError('unauthenticated', message, { cause });
      }
    },
  };
}

const claimsSchema = z.object({
  sub: z.string().regex(idPatterns.InfrastructureId),
  service: z.string().min(1),
});

import { createHmacTokens } from '@trencadis/access';
import type { Clock } from '@trencadis/clock';
import { idPatterns } from '@trencadis/ids';
import { z } from 'zod';
import type { GroupKey } from './fleet.ts';

/** Tells it from tokens of people, before anything is verified. */
export const serviceTokenPrefix = 'svc_';
const daySeconds = 86_400;

/** Lets replicas of one service report: push figures, beat, and say how a hook goes on. Nothing else. */
export interface ServiceTokens {
  issue(key: GroupKey, days: number): Promise<{ readonly token: string; readonly expiresAt: Date }>;
  /** Whose replicas; throws `unauthenticated` for any other token, or one that has expired. */
  verify(token: string): Promise<GroupKey>;
}

/**
 * Under that secret key (32 bytes), which nobody else needs. With another key all tokens are void; those of a service
 * that is gone open nothing.
 */
export function createServiceTokens(options: {
  readonly key: Uint8Array;
  readonly clock: Clock;
}): ServiceTokens {
  const tokens = createHmacTokens({
    ...options,
    audience: 'trencadis-replicas',
    claims: claimsSchema,
    refusal:
      'This is no token of a service here, or it has expired: trencadis service token SERVICE makes another one.',
  });
  return {
    issue: async ({ infrastructureId, serviceId }, days) => {
      const issued = await tokens.issue({ sub: infrastructureId, service: serviceId }, days * daySeconds);
      return { ...issued, token: `${serviceTokenPrefix}${issued.token}` };
    },
    verify: async (token) => {
      const { sub, service } = await tokens.verify(token.slice(serviceTokenPrefix.length));
      return { infrastructureId: sub as GroupKey['infrastructureId'], serviceId: service };
    },
  };
}

const claimsSchema = z.object({
  sub: z.string().regex(idPatterns.InfrastructureId),
  service: z.string().min(1),
});

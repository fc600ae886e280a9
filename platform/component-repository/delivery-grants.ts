import { createHmacTokens } from '@trencadis/access';
import type { Clock } from '@trencadis/clock';
import { type Sha256, type VmName, idPatterns } from '@trencadis/ids';
import { z } from 'zod';

const lifetimeSeconds = 300;

/** Lets one VM fetch one file. */
export interface DeliveryGrant {
  readonly vmName: VmName;
  readonly digest: Sha256;
}

export interface DeliveryGrants {
  /** A token that is good for five minutes; a fetch that began in time may end later. */
  issue(grant: DeliveryGrant): Promise<{ readonly token: string; readonly lifetimeSeconds: number }>;
  /** What the token grants; throws `unauthenticated` for any other token. */
  verify(token: string): Promise<DeliveryGrant>;
}

/** Under that secret key (32 bytes), which nobody else needs: who issues them serves the files. */
export function createDeliveryGrants(options: {
  readonly key: Uint8Array;
  readonly clock: Clock;
}): DeliveryGrants {
  const tokens = createHmacTokens({
    ...options,
    audience: 'trencadis-component-delivery',
    claims: claimsSchema,
    refusal: 'This is not a grant for a component, or it has expired: ask the platform for a new one.',
  });
  return {
    issue: async ({ vmName, digest }) => {
      const { token } = await tokens.issue({ sub: vmName, digest }, lifetimeSeconds);
      return { token, lifetimeSeconds };
    },
    verify: async (token) => {
      const { sub, digest } = await tokens.verify(token);
      return { vmName: sub as VmName, digest: digest as Sha256 };
    },
  };
}

const claimsSchema = z.object({
  sub: z.string().regex(idPatterns.VmName),
  digest: z.string().regex(idPatterns.Sha256),
});

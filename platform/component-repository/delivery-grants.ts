import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { type Sha256, type VmName, idPatterns } from '@trencadis/ids';
import { SignJWT, jwtVerify } from 'jose';
import { z } from 'zod';

const audience = 'trencadis-component-delivery';
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

/** Grants are JWTs (RFC 7519) with HS256 under that secret key (32 bytes), which nobody else needs: who issues them serves the files. */
export function createDeliveryGrants(options: {
  readonly key: Uint8Array;
  readonly clock: Clock;
}): DeliveryGrants {
  const { key, clock } = options;
  return {
    issue: async ({ vmName, digest }) => {
      const nowSeconds = Math.floor(clock.now().getTime() / 1000);
      const claims = new SignJWT({ digest }).setAudience(audience).setSubject(vmName);
      const token = await claims
        .setIssuedAt(nowSeconds)
        .setExpirationTime(nowSeconds + lifetimeSeconds)
        .setProtectedHeader({ alg: 'HS256' })
        .sign(key);
      return { token, lifetimeSeconds };
    },
    verify: async (token) => {
      try {
        const { payload } = await jwtVerify(token, key, {
          audience,
          algorithms: ['HS256'],
          requiredClaims: ['exp', 'iat', 'sub', 'digest'],
          currentDate: clock.now(),
        });
        const { sub, digest } = claimsSchema.parse(payload);
        return { vmName: sub as VmName, digest: digest as Sha256 };
      } catch (cause) {
        const message =
          'This is not a grant for a component, or it has expired: ask the platform for a new one.';
        throw new PlatformError('unauthenticated', message, { cause });
      }
    },
  };
}

const claimsSchema = z.object({
  sub: z.string().regex(idPatterns.VmName),
  digest: z.string().regex(idPatterns.Sha256),
});

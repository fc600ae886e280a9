import { timingSafeEqual } from 'node:crypto';
import { PlatformError } from '@trencadis/errors';
import { sha256OfText } from '@trencadis/ids';
import type { Owner } from '@trencadis/infrastructure';

/** Owner of what the holder of the platform's token makes. */
export const operator = 'operator';

/** The holder of the platform's token is the operator and may do everything. */
export function authenticateOperator(token: string): (given: string) => Promise<Owner> {
  const expected = Buffer.from(sha256OfText(token));
  return async (given) => {
    if (timingSafeEqual(expected, Buffer.from(sha256OfText(given)))) return { owner: operator };
    throw new PlatformError(
      'unauthenticated',
      'This is not the token in platform-api.token of the platform’s folder.',
    );
  };
}

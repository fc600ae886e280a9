import { PlatformError } from '@trencadis/errors';
import { type SealingKey, open, seal } from '@trencadis/sealing';
import { credentialProblems } from './credential-problems.ts';
import type { ProductDriver, VmmProduct, VmmSite } from './model.ts';

type Place = Pick<VmmSite, 'key' | 'product' | 'endpoint'>;

/** Sealed for this key, product and endpoint: whoever changes the row does not get the credentials sent elsewhere. */
export function sealCredentials(credentials: unknown, key: SealingKey, place: Place): string {
  return seal(Buffer.from(JSON.stringify(credentials), 'utf8'), key, contextOf(place));
}

/** As they were given; a product parses them again when it makes a driver. */
export function openCredentials(sealed: string, key: SealingKey, place: Place): unknown {
  return JSON.parse(open(sealed, key, contextOf(place)).toString('utf8'));
}

function contextOf({ key, product, endpoint }: Place): string {
  return JSON.stringify(['vmm-site', key, product, endpoint ?? null]);
}

/** As the product wants them; `invalid-argument` names all that is wrong by its place and never by its value. */
export function parseCredentials<Credentials>(
  { name, whereToFind = {} }: Pick<VmmProduct, 'name' | 'whereToFind'>,
  { credentials: schema }: Pick<ProductDriver<Credentials>, 'credentials'>,
  given: unknown,
): Credentials {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = credentialProblems(parsed.error.issues, { given, whereToFind }).join('; ');
  const message = `These are not the credentials of a VM manager of product '${name}': ${problems}.`;
  throw new PlatformError('invalid-argument', message, { subject: name });
}

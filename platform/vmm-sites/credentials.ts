import { PlatformError } from '@trencadis/errors';
import { type SealingKey, open, seal } from '@trencadis/sealing';
import type { z } from 'zod';
import type { VmmProduct, VmmSite } from './model.ts';

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

/** As the product wants them; `invalid-argument` names what is wrong by its place and never by its value. */
export function parseCredentials<Credentials>(
  { name, credentials: schema }: Pick<VmmProduct<Credentials>, 'name' | 'credentials'>,
  given: unknown,
): Credentials {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(describe).join('; ');
  const message = `These are not the credentials of a VM manager of product '${name}': ${problems}.`;
  throw new PlatformError('invalid-argument', message, { subject: name });
}

function describe(issue: z.core.$ZodIssue): string {
  const place = issue.path.length === 0 ? 'the object' : issue.path.join('.');
  // The keys are the giver's own words, and a secret may have slipped among them.
  if (issue.code === 'unrecognized_keys') return `${place} has keys that are not known`;
  return `${place}: ${issue.message}`;
}

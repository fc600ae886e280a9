import { sameTags } from './marks.ts';

/**
 * Those fields of what is asked for that what is there has otherwise. `null` and absent are one, numbers are compared as
 * numbers, tags whatever their order; `undefined`: there is nothing to change.
 */
export function differing<Body extends object>(there: object, asked: Body): Partial<Body> | undefined {
  const known = there as Readonly<Record<string, unknown>>;
  const changed = Object.entries(asked).filter(([key, value]) => !isSame(key, known[key], value));
  return changed.length === 0 ? undefined : (Object.fromEntries(changed) as Partial<Body>);
}

function isSame(key: string, there: unknown, asked: unknown): boolean {
  if (key === 'tags') return sameTags(there as string[] | undefined, asked as string[]);
  if (typeof asked === 'object' && asked !== null) return isWithin(there, asked);
  return (there ?? null) === asked;
}

/** Octavia adds fields that nobody asked for, `cookie_name: null` and the like. */
function isWithin(there: unknown, asked: object): boolean {
  const known = (there ?? {}) as Readonly<Record<string, unknown>>;
  const isSameSize = Object.keys(asked).length > 0 || Object.keys(known).length === 0;
  return isSameSize && Object.entries(asked).every(([key, value]) => known[key] === value);
}

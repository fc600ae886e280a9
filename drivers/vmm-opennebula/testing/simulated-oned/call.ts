import type { ArgumentsOf, Method } from '../../signatures.ts';
import { Refusal, noSuch, notAllowed } from './refusal.ts';
import { type Template, TemplateError, parseTemplate } from './template.ts';
import type { Creatable, SimUser, SimWorld } from './world.ts';

/** A call that is who it says to be, and whose arguments have their types. */
export interface Call<Name extends Method = Method> {
  readonly world: SimWorld;
  readonly user: SimUser;
  readonly args: ArgumentsOf<Name>;
}

/** What each method does: it answers a number or a document, or throws a Refusal. */
export type Methods = { readonly [Name in Method]: (call: Call<Name>) => number | string };

export function templateOf(text: string): Template {
  try {
    return parseTemplate(text);
  } catch (error) {
    if (error instanceof TemplateError) throw new Refusal('INTERNAL', `Parse error: ${error.message}`);
    throw error;
  }
}

export const isAdmin = ({ id }: SimUser): boolean => id === 0;

export function mayCreate(user: SimUser, what: Creatable): void {
  if (!isAdmin(user) && !user.rights.has(what)) throw notAllowed(user.id, `CREATE ${what}`);
}

interface Thing {
  readonly id: number;
  readonly uid: number;
  readonly isPublic?: boolean;
}

/** There, and the user may use it. */
export function usable<Found extends Thing>(
  user: SimUser,
  what: string,
  found: Found | undefined,
  id: number,
): Found {
  if (found === undefined) throw noSuch(what, id);
  if (!isAdmin(user) && found.uid !== user.id && found.isPublic !== true)
    throw notAllowed(user.id, `USE ${what}`);
  return found;
}

/** There, and the user may change it. */
export function managed<Found extends Thing>(
  user: SimUser,
  what: string,
  found: Found | undefined,
  id: number,
): Found {
  if (found === undefined) throw noSuch(what, id);
  if (!isAdmin(user) && found.uid !== user.id) throw notAllowed(user.id, `MANAGE ${what}`);
  return found;
}

/** A pool's filter: -3 one's own, -1 also those of one's group, -2 all that one may use. */
export function inFilter(user: SimUser, filter: number): (thing: Thing) => boolean {
  if (filter < -4) throw new Refusal('XML_RPC_API', 'Incorrect filter_flag');
  return (thing) =>
    filter === -2 ? isAdmin(user) || thing.uid === user.id || thing.isPublic === true : thing.uid === user.id;
}

const invalidName = /[&|:\\";/'#{}$<>]/;

export function checkName(name: string | undefined, what: string): string {
  if (name === undefined || name === '') throw new Refusal('INTERNAL', `No NAME in template for ${what}.`);
  if (invalidName.test(name)) throw new Refusal('INTERNAL', 'Invalid NAME, char is not allowed');
  if (name.length > 128) throw new Refusal('INTERNAL', 'Invalid NAME, max length is 128 chars');
  return name;
}

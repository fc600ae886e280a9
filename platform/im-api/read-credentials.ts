import { isPlatformError } from '@trencadis/errors';
import { type AuthLine, isOfCloud, parseAuthLines } from '@trencadis/vmm-sites/im-lines';
import { ImRefusal } from './im-refusal.ts';

/** What an `Authorization` header proves the caller with. */
export type Proof =
  | { readonly kind: 'password'; readonly name: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string };

export interface Credentials {
  readonly proof: Proof;
  /** Of VM managers, in their order. */
  readonly lines: readonly AuthLine[];
}

const challenge = { 'www-authenticate': 'Bearer, Basic realm="Infrastructure Manager"' };

/** Nothing told of what was given: a header may hold the secrets of a whole file. */
export function unauthenticated(message: string): ImRefusal {
  return new ImRefusal(401, message, challenge);
}

/** IM's lines, `Basic` or `Bearer`; anything else is 401. */
export function readCredentials(header: string | undefined): Credentials {
  if (header === undefined || header.trim() === '') {
    throw unauthenticated('No authentication data: send the header Authorization.');
  }
  const [, scheme, rest = ''] = /^\s*(Basic|Bearer)\s+(\S+)\s*$/i.exec(header) ?? [];
  if (scheme === undefined) return fromLines(header);
  if (scheme.toLowerCase() === 'bearer') return { proof: { kind: 'token', token: rest }, lines: [] };
  const [, name, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(rest, 'base64').toString('utf8')) ?? [];
  if (name === undefined || password === undefined)
    throw unauthenticated('The header Authorization is not Basic.');
  return { proof: { kind: 'password', name, password }, lines: [] };
}

function fromLines(header: string): Credentials {
  const lines = readLines(header);
  const own = lines.find(({ type }) => type === 'InfrastructureManager');
  if (own === undefined) {
    throw unauthenticated(
      'No credentials of type InfrastructureManager in the header Authorization: add username and password, or token.',
    );
  }
  return { proof: proofOf(own.values), lines: lines.filter(isOfCloud) };
}

/** Of a line that was read; it has one or the other. */
export function proofOf({ token, username = '', password = '' }: AuthLine['values']): Proof {
  return token === undefined ? { kind: 'password', name: username, password } : { kind: 'token', token };
}

function readLines(header: string): readonly AuthLine[] {
  try {
    return parseAuthLines(header);
  } catch (error) {
    if (isPlatformError(error, 'invalid-argument')) throw unauthenticated(error.message);
    throw error;
  }
}

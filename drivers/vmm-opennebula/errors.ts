import {
  type ErrorCode,
  PlatformError,
  innermostCause,
  isPlatformError,
  toPlatformError,
} from '@trencadis/errors';

/** Of an answer that is no success (https://docs.opennebula.io/6.8, XML-RPC API). */
const oneErrors = {
  0x01_00: ['AUTHENTICATION', 'unauthenticated'],
  0x02_00: ['AUTHORIZATION', 'forbidden'],
  0x04_00: ['NO_EXISTS', 'not-found'],
  0x08_00: ['ACTION', 'conflict'],
  0x10_00: ['XML_RPC_API', 'internal'],
  0x20_00: ['INTERNAL', 'internal'],
  0x40_00: ['ALLOCATE', 'internal'],
  0x80_00: ['LOCKED', 'conflict'],
  0x1_00_00: ['REPLICATION', 'unavailable'],
} as const satisfies Readonly<Record<number, readonly [string, ErrorCode]>>;

/** What its texts say more exactly than their number: first match counts. */
const meanings: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [/limit of .+ reached for .+ quota/i, 'quota-exceeded', 'Free something, or ask for a larger quota.'],
  [
    /not enough space in datastore/i,
    'unavailable',
    'Its monitor may not have told the size yet; else free some.',
  ],
  [/not enough free addresses/i, 'quota-exceeded', "The site's network has no such range left."],
  [/cannot get ip\/mac lease/i, 'conflict', 'The address is taken, or no address is left.'],
  [
    /does not fit in host|not enough (?:cpu|memory) capacity/i,
    'quota-exceeded',
    'No host has that much left.',
  ],
  [/restricted attribute/i, 'forbidden', 'Only its administrators may say this: ask them.'],
  [/not authorized to perform/i, 'forbidden', 'Ask its administrator for the right.'],
  [
    /persistent and already in use|VMs? using it|leases in use/i,
    'conflict',
    'Delete the VMs that use it first.',
  ],
  [/name is already taken/i, 'conflict', 'Choose another name.'],
  [
    /no leader found|election mode|replicating log|zone disabled/i,
    'unavailable',
    'It will have a leader again soon.',
  ],
  [/does not exist|no longer exists|does not own an? (?:image|network)/i, 'not-found', 'Check the name.'],
  [
    /wrong state|not available for state|it is locked|has to be RUNNING/i,
    'conflict',
    'Look at its state, and ask again.',
  ],
  [/must be a positive|parse error|syntax error/i, 'invalid-argument', 'Correct it.'],
];

/** A failure that `method` answered: its own number and text are kept in `details`. */
export function answeredFailure(method: string, text: string, number: number): PlatformError {
  const [name, byNumber] = (oneErrors as Readonly<Record<number, readonly [string, ErrorCode] | undefined>>)[
    number
  ] ?? ['unknown', 'internal' as const];
  const details = { method, oneError: name, oneCode: number, text: text.slice(0, 2000) };
  if (byNumber === 'unauthenticated') {
    const message =
      'OpenNebula does not accept the user and the password or token: correct the credentials, or renew them.';
    return new PlatformError('unauthenticated', message, { details });
  }
  const meaning = byNumber === 'not-found' ? undefined : meanings.find(([pattern]) => pattern.test(text));
  const said = text
    .replace(/^\[[\w.]+\] /, '')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 400);
  const remedy = meaning?.[2] ?? remedies[byNumber] ?? 'Look at its log for more.';
  const message = `OpenNebula refuses ${method}: ${said.replace(/\.$/, '')}. ${remedy}`;
  return new PlatformError(meaning?.[1] ?? byNumber, message, { details });
}

const remedies: Partial<Record<ErrorCode, string>> = {
  forbidden: 'Ask its administrator for the right.',
  'not-found': 'Check the name or number.',
  conflict: 'Look at its state, and ask again.',
};

const faultNoSuchMethod = -506;

/** What the XML-RPC server itself says, before OpenNebula has read the call. */
export function fault(
  method: string,
  since: string,
  said: { readonly code: number; readonly text: string },
): PlatformError {
  const details = { method, faultCode: said.code, text: said.text.slice(0, 500) };
  if (said.code === faultNoSuchMethod) {
    const message = `This OpenNebula has no ${method}: it needs version ${since} or newer.`;
    return new PlatformError('unsupported', message, { details });
  }
  return new PlatformError('internal', `OpenNebula's XML-RPC server does not take ${method}.`, { details });
}

const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** The connection failed, or ended before there was an answer. */
export function unreached(address: string, error: unknown): PlatformError {
  const { code = 'no connection' } = innermostCause(error);
  if (untrusted.has(code)) {
    const message = `The certificate of OpenNebula at ${address} is not trusted (${code}): give its CA as caCertificate.`;
    return new PlatformError('unauthenticated', message, { details: { code }, cause: error });
  }
  const message = `OpenNebula at ${address} does not answer (${code}): see that it runs and can be reached.`;
  return new PlatformError('unavailable', message, { details: { code }, cause: error });
}

/** Something answered that is no OpenNebula, or one that is broken. */
export function badAnswer(address: string, problem: string, cause?: unknown): PlatformError {
  const message = `What answers at ${address} does not speak as OpenNebula does: ${problem}. Check the endpoint.`;
  return new PlatformError('unavailable', message, { cause });
}

export function notFound(what: string, name: string): PlatformError {
  return new PlatformError('not-found', `OpenNebula has no ${what} ${name} of this platform.`, {
    subject: name,
  });
}

export function heldByOther(what: string, name: string, owner: string | undefined): PlatformError {
  const whose = owner === undefined ? 'was not made by this platform' : `belongs to ${owner}`;
  return new PlatformError('conflict', `The ${what} ${name} exists and ${whose}. Choose another name.`, {
    subject: name,
  });
}

export function invalid(what: string, name: string, problem: string): PlatformError {
  return new PlatformError('invalid-argument', `The ${what} ${name} cannot be made: ${problem}.`, {
    subject: name,
  });
}

export function unsupported(what: string, name: string, problem: string): PlatformError {
  return new PlatformError('unsupported', `The ${what} ${name} cannot be had on OpenNebula: ${problem}.`, {
    subject: name,
  });
}

/** A state was not reached in time. */
export function tooSlow(what: string, name: string, state: string): PlatformError {
  const message = `The ${what} ${name} at OpenNebula is still ${state}: ask again.`;
  return new PlatformError('unavailable', message, { subject: name });
}

/** Every operation of the driver goes through here: an abort stays what it is, all else is a PlatformError. */
export async function translated<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    throw signal.aborted ? signal.reason : toPlatformError(error);
  }
}

/** What deletes something that is gone already has done its work. */
export async function absentIsDone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isPlatformError(error, 'not-found')) throw error;
  }
}

/** Somebody at OpenNebula, or another process, has deleted it. */
export function vanishedThing(what: string, name: string): PlatformError {
  const message = `The ${what} ${name} was deleted at OpenNebula meanwhile.`;
  return new PlatformError('not-found', message, { subject: name });
}

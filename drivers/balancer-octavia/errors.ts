import { type ErrorCode, PlatformError, isPlatformError, toPlatformError } from '@trencadis/errors';
import type { HttpAnswer } from './transport.ts';

/** Of one request, for an error's details. */
export interface Asked {
  /** For people: `Octavia`. */
  readonly service: string;
  readonly method: string;
  /** Without query and host. */
  readonly path: string;
}

/** Every operation of the driver goes through here, so that what crosses its border is a PlatformError or an abort. */
export async function translated<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    if (isPlatformError(error)) throw error;
    if (signal.aborted) throw signal.reason;
    throw toPlatformError(error);
  }
}

export function invalid(subject: string, message: string): PlatformError {
  return new PlatformError('invalid-argument', message, { subject });
}

export function unsupported(subject: string, message: string): PlatformError {
  return new PlatformError('unsupported', message, { subject });
}

export function notFound(what: string, name: string): PlatformError {
  const message = `There is no ${what} ${name} at Octavia in this OpenStack project.`;
  return new PlatformError('not-found', message, { subject: name });
}

export function heldByOther(what: string, name: string, tag: string | undefined): PlatformError {
  const holder = tag === undefined ? 'was not made by the platform' : `belongs to ${tag}`;
  const message = `The ${what} ${name} exists in this OpenStack project and ${holder}. Choose another name.`;
  return new PlatformError('conflict', message, { subject: name });
}

/** Octavia gave it up. It tells no reason to users. */
export function givenUp(what: string, name: string): PlatformError {
  const message =
    `Octavia could not carry out what was asked of the ${what} ${name} (provisioning status ERROR): ` +
    'ask again; where that does not help, delete the balancer and make it again, or have an administrator fail it over.';
  return new PlatformError('unavailable', message, { subject: name });
}

export function tooSlow(name: string, status: string): PlatformError {
  const message = `The balancer ${name} is still ${status} at Octavia: ask again later.`;
  return new PlatformError('unavailable', message, { subject: name, details: { status } });
}

/** Something of the balancer changes at the moment, and nothing else may: it passes. */
export function isImmutable({ status, text }: HttpAnswer): boolean {
  return status === 409 && /immutable|invalid state/i.test(text);
}

/** What a service refused, under our codes. `isSecret`: what was sent may be in its words, which are left out. */
export function fromAnswer(asked: Asked, answer: HttpAnswer, isSecret = false): PlatformError {
  const { status } = answer;
  const words = isSecret ? `status ${status}` : reasonOf(answer);
  const code = codeOf(status, words);
  const remedy = remedies[code];
  const text = `${asked.service} says: ${words.replace(/\.?$/, '.')}${remedy === undefined ? '' : ` ${remedy}`}`;
  const requestId = answer.headers.get('x-openstack-request-id') ?? undefined;
  return new PlatformError(code, text, { details: { ...asked, status, requestId } });
}

/** No answer came. */
export function fromNetworkFailure(service: string, origin: string, cause: unknown): PlatformError {
  const { code, message } = innermost(cause);
  const details = { service, code };
  if (code !== undefined && untrusted.test(code)) {
    return new PlatformError(
      'unauthenticated',
      `The certificate of ${service} at ${origin} is not trusted (${code}): give its authority's certificate as caCertificate, or correct the address.`,
      { subject: origin, details, cause },
    );
  }
  return new PlatformError(
    'unavailable',
    `${service} at ${origin} does not answer (${message}): see whether it runs and can be reached from here.`,
    { subject: origin, details, cause },
  );
}

/** An answer that is not what the service's reference says: a proxy's, or another program's. */
export function strangeAnswer(asked: Asked, status: number, cause?: unknown): PlatformError {
  return new PlatformError(
    'unavailable',
    `${asked.service} gave an answer (status ${status}, ${asked.method} ${asked.path}) that is none of its API: see whether its address in the catalog is right and what stands before it.`,
    { details: { ...asked, status }, cause },
  );
}

/** Of Node's codes for certificates; those of a missing or wrong name begin with ERR_TLS. */
const untrusted = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|CERT_|ERR_TLS_CERT)/;

const remedies: Partial<Record<ErrorCode, string>> = {
  unauthenticated: 'Correct or renew the credentials of this VM manager.',
  forbidden: 'Ask an administrator of the project for the role that this needs (load-balancer_member).',
  'quota-exceeded': 'Delete a balancer or ask for a higher quota.',
  unavailable: 'Try again later.',
};

/** https://docs.openstack.org/api-ref/load-balancer/v2/; 501: the provider lacks it. */
const codes: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid-argument',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'unsupported',
  406: 'unsupported',
  409: 'conflict',
  413: 'quota-exceeded',
  429: 'unavailable',
  501: 'unsupported',
};

function codeOf(status: number, words: string): ErrorCode {
  const mayBeRoom = status === 400 || status === 403 || status === 409;
  if (mayBeRoom && /quota|No more IP addresses|enough available IPs/i.test(words)) return 'quota-exceeded';
  if (status === 409 && /immutable|invalid state/i.test(words)) return 'unavailable';
  return codes[status] ?? (status >= 500 ? 'unavailable' : 'invalid-argument');
}

/** `{faultstring}` (Octavia), `{NeutronError: {message}}`, `{error: {message}}` (Keystone), `{description}` (Barbican), HTML. */
function reasonOf({ status, body, text }: HttpAnswer): string {
  if (typeof body === 'object' && body !== null) {
    const told = ['faultstring', 'description'].map((key) => (body as Record<string, unknown>)[key]);
    const inner = Object.values(body).map((each) => (each as { message?: unknown } | null)?.message);
    const found = [...told, ...inner].find((each) => typeof each === 'string' && each !== '');
    if (typeof found === 'string') return shorten(found);
  }
  const plain = shorten(text.replace(/<head>.*?<\/head>/is, ' ').replaceAll(/<[^>]*>/g, ' '));
  return plain === '' ? `status ${status}, without a reason` : plain;
}

function shorten(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 500);
}

/** The innermost cause says it best: undici's own message is always "fetch failed". */
function innermost(error: unknown): { readonly code: string | undefined; readonly message: string } {
  if (!(error instanceof Error)) return { code: undefined, message: String(error) };
  if (error.cause instanceof Error) return innermost(error.cause);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const message = error.message === '' ? (code ?? error.name) : error.message;
  return { code, message };
}

import {
  type ErrorCode,
  PlatformError,
  innermostCause,
  isPlatformError,
  toPlatformError,
} from '@trencadis/errors';
import type { HttpAnswer } from './transport.ts';

/** Of one request, for an error's details. */
export interface Asked {
  /** For people: `Nova`. */
  readonly service: string;
  readonly method: string;
  /** Without query and host. */
  readonly path: string;
}

/** What the refusals of one service mean beyond what those of all do. */
export interface RefusalWords {
  /** Of a 409 that passes by itself: `unavailable`, not `conflict`. */
  readonly passing?: RegExp;
  /** What helps, said instead of what is said for others. */
  readonly remedies?: Readonly<Partial<Record<ErrorCode, string>>>;
}

/** Every operation of a driver goes through here, so that what crosses its border is a PlatformError or an abort. */
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

export function heldByOther(what: string, name: string, tag: string | undefined): PlatformError {
  const holder = tag === undefined ? 'was not made by the platform' : `belongs to ${tag}`;
  const message = `The ${what} ${name} exists in this OpenStack project and ${holder}. Choose another name.`;
  return new PlatformError('conflict', message, { subject: name });
}

/** What a service refused, under our codes. `isSecret`: what was sent may be in its words, which are left out. */
export function fromAnswer(
  asked: Asked,
  answer: HttpAnswer,
  { passing, remedies, isSecret = false }: RefusalWords & { readonly isSecret?: boolean | undefined } = {},
): PlatformError {
  const { status } = answer;
  const { message, kind } = isSecret ? { message: `status ${status}`, kind: '' } : refusalOf(answer);
  const code = codeOf(status, `${kind} ${message}`, passing);
  const remedy = remedies?.[code] ?? usualRemedies[code];
  const text = `${asked.service} says: ${message.replace(/\.?$/, '.')}${remedy === undefined ? '' : ` ${remedy}`}`;
  const requestId = answer.headers.get('x-openstack-request-id') ?? undefined;
  return new PlatformError(code, text, { details: { ...asked, status, kind, requestId } });
}

/** No answer came. */
export function fromNetworkFailure(service: string, origin: string, cause: unknown): PlatformError {
  const { code, message } = innermostCause(cause);
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

const usualRemedies: Partial<Record<ErrorCode, string>> = {
  unauthenticated: 'Correct or renew the credentials of this VM manager.',
  forbidden: 'Ask an administrator of the project for the role that this needs.',
  'quota-exceeded': 'Free something or ask for a higher quota.',
  unavailable: 'Try again later.',
};

/** https://docs.openstack.org/api-ref/, of each service; 413 is Cinder's and Glance's word for a quota. */
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

const noRoom = /quota|IpAddressGenerationFailure|No more IP addresses|enough available IPs/i;

function codeOf(status: number, words: string, passing: RegExp | undefined): ErrorCode {
  const mayBeRoom = status === 400 || status === 403 || status === 409;
  if (mayBeRoom && noRoom.test(words)) return 'quota-exceeded';
  if (status === 409 && passing?.test(words) === true) return 'unavailable';
  return codes[status] ?? (status >= 500 ? 'unavailable' : 'invalid-argument');
}

interface Refusal {
  readonly message: string;
  readonly kind: string;
}

/**
 * `{badRequest: {message}}` (Nova, Cinder), `{NeutronError: {type, message}}`, `{error: {title, message}}` (Keystone),
 * `{faultcode, faultstring}` (Octavia), `{title, description}` (Barbican), `{message, code}` or HTML (Glance).
 */
function refusalOf({ status, body, text }: HttpAnswer): Refusal {
  const parts = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  const isReason = ([name]: readonly [string, unknown]) => reasons.test(name);
  const [told] = [...parts.filter(isReason), ...parts].flatMap(
    ([name, value]) => reasonIn(name, value) ?? [],
  );
  if (told !== undefined) return told;
  const plain = shorten(text.replace(/<head>.*?<\/head>/is, ' ').replaceAll(/<[^>]*>/g, ' '));
  return { message: plain === '' ? `status ${status}, without a reason` : plain, kind: String(status) };
}

/** Before them may be words that say nothing, such as `Client` or `Bad Request`. */
const reasons = /^(faultstring|description|message)$/;

function reasonIn(name: string, value: unknown): Refusal | undefined {
  if (typeof value === 'string' && value !== '') return { message: shorten(value), kind: name };
  if (typeof value !== 'object' || value === null || !('message' in value)) return undefined;
  const kind = 'type' in value && typeof value.type === 'string' ? value.type : name;
  return typeof value.message === 'string' ? reasonIn(kind, value.message) : undefined;
}

function shorten(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 500);
}

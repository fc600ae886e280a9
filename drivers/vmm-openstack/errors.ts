import { type ErrorCode, PlatformError, isPlatformError, toPlatformError } from '@trencadis/errors';
import type { HttpAnswer } from './transport.ts';

/** Of one request: `subject` is what the whole operation is about. */
export interface Asked {
  /** For people: `Nova`. */
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

export function notFound(what: string, name: string): PlatformError {
  return new PlatformError('not-found', `There is no ${what} ${name} in this OpenStack project.`, {
    subject: name,
  });
}

export function heldByOther(what: string, name: string, tag: string | undefined): PlatformError {
  const holder = tag === undefined ? 'was not made by the platform' : `belongs to ${tag}`;
  const message = `The ${what} ${name} exists in this OpenStack project and ${holder}. Choose another name.`;
  return new PlatformError('conflict', message, { subject: name });
}

export function invalid(subject: string, message: string): PlatformError {
  return new PlatformError('invalid-argument', message, { subject });
}

/** What a service refused, under our codes. */
export function fromAnswer(asked: Asked, answer: HttpAnswer): PlatformError {
  const { message, kind } = refusalOf(answer);
  const { status } = answer;
  const code = codeOf(status, `${kind} ${message}`);
  const remedy = remedies[code];
  const text = `${asked.service} says: ${message.replace(/\.?$/, '.')}${remedy === undefined ? '' : ` ${remedy}`}`;
  const details = {
    method: asked.method,
    path: asked.path,
    status,
    kind,
    requestId: answer.headers.get('x-openstack-request-id') ?? undefined,
  };
  return new PlatformError(code, text, { details });
}

/** No answer came. */
export function fromNetworkFailure(service: string, origin: string, cause: unknown): PlatformError {
  const { code, message } = innermost(cause);
  const details = { service, code };
  if (code !== undefined && untrusted.has(code)) {
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

/** Nova tells the reason in a fault of the VM, in words only. */
export function isNoRoom(fault: string): boolean {
  return /No valid host|Exceeded maximum number of retries|quota|Insufficient compute resources/i.test(fault);
}

const untrusted: ReadonlySet<string> = new Set([
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

const remedies: Partial<Record<ErrorCode, string>> = {
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

function codeOf(status: number, words: string): ErrorCode {
  const mayBeRoom = status === 400 || status === 403 || status === 409 || status === 413;
  if (mayBeRoom && /quota|OverQuota|IpAddressGenerationFailure|No more IP addresses/i.test(words)) {
    return 'quota-exceeded';
  }
  if (status === 409 && /task_state|is busy/i.test(words)) return 'unavailable';
  return codes[status] ?? (status >= 500 ? 'unavailable' : 'invalid-argument');
}

/** `{badRequest: {message}}` (Nova, Cinder), `{NeutronError: {type, message}}`, `{error: {title, message}}` (Keystone), HTML (Glance). */
function refusalOf({ status, body, text }: HttpAnswer): Refusal {
  if (typeof body === 'object' && body !== null) {
    const [told] = Object.entries(body).flatMap(([name, value]) => reasonIn(name, value) ?? []);
    if (told !== undefined) return told;
  }
  const plain = text.replace(/<head>.*?<\/head>/is, ' ').replaceAll(/<[^>]*>/g, ' ');
  const message = shorten(plain);
  return { message: message === '' ? `status ${status}, without a reason` : message, kind: String(status) };
}

interface Refusal {
  readonly message: string;
  readonly kind: string;
}

function reasonIn(name: string, value: unknown): Refusal | undefined {
  if (typeof value === 'string') return { message: shorten(value), kind: name };
  if (typeof value !== 'object' || value === null || !('message' in value)) return undefined;
  const kind = 'type' in value && typeof value.type === 'string' ? value.type : name;
  return { message: shorten(String(value.message)), kind };
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

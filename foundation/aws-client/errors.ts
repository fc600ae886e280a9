import { PlatformError, toPlatformError } from '@trencadis/errors';
import { type AwsService, type Meaning, credentials, meaningOf } from './meanings.ts';

/** Every operation of a driver goes through here: the one place where failures get their code. An abort stays what it is. */
export async function translated<Result>(
  service: AwsService,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    throw signal.aborted ? signal.reason : toAwsError(error, service);
  }
}

interface ServiceError extends Error {
  readonly $fault: 'client' | 'server';
  readonly $metadata: { readonly httpStatusCode?: number; readonly requestId?: string };
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && '$fault' in error && '$metadata' in error;
}

/** Whether Amazon has refused with such a code. */
export function hasAwsCode(error: unknown, pattern: RegExp): boolean {
  return isServiceError(error) && pattern.test(error.name);
}

/** The HTTP status of the answer that the SDK threw for; none: there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const { $metadata, $response } = (error ?? {}) as Partial<Record<'$metadata' | '$response', unknown>>;
  const { httpStatusCode } = ($metadata ?? {}) as { readonly httpStatusCode?: number };
  const { statusCode } = ($response ?? {}) as { readonly statusCode?: number };
  return httpStatusCode ?? statusCode;
}

export function toAwsError(error: unknown, service: AwsService): PlatformError {
  if (error instanceof PlatformError) return error;
  if (!(error instanceof Error)) return toPlatformError(error);
  if (isServiceError(error)) return fromService(error, service);
  return fromTransport(error, service) ?? fromAnswer(error, service);
}

function fromService(error: ServiceError, service: AwsService): PlatformError {
  const { httpStatusCode: status, requestId } = error.$metadata;
  const meaning = meaningOf(error.name, service) ?? meaningOfStatus(status);
  const details = { awsCode: error.name, status, requestId };
  // What Amazon says of a wrong signature repeats the signed headers: the session token is one of them.
  if (meaning.isAboutCredentials) {
    const message = `${service.name} refuses the credentials (${error.name}). ${meaning.remedy}`;
    return new PlatformError(meaning.code, message, { details });
  }
  const said = error.message.replace(/\s*Encoded authorization failure message:.*$/s, '').slice(0, 500);
  const sentence = (said || error.name).trim().replace(/\.$/, '');
  return new PlatformError(meaning.code, `${service.name}: ${sentence} (${error.name}). ${meaning.remedy}`, {
    details: { ...details, awsMessage: error.message.slice(0, 4000) },
    cause: error,
  });
}

/** A code that is in no list of ours, by its HTTP status. */
function meaningOfStatus(status: number | undefined): Meaning {
  if (status === undefined || status >= 500 || status === 429)
    return { code: 'unavailable', remedy: 'Wait.' };
  if (status === 401) return credentials('Correct the credentials.');
  if (status === 403) return { code: 'forbidden', remedy: 'Ask the owner of the account for the right.' };
  return { code: 'internal', remedy: 'Report it with the log of that moment.' };
}

const untrusted =
  /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ERR_TLS_CERT|ERR_SSL|HOSTNAME_MISMATCH|ERR_OSSL/;
const unreachable =
  /^(ECONN|ENOTFOUND|EAI_|EHOST|ENET|EPIPE|ETIMEDOUT|UND_)|^(TimeoutError|NetworkingError|RequestTimeout)$/;

function fromTransport(error: Error, { name }: AwsService): PlatformError | undefined {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  if (untrusted.test(code)) {
    return new PlatformError(
      'unauthenticated',
      `The certificate of ${name}'s end point is not trusted (${code}): give its CA as caCertificate, or correct the end point.`,
      { details: { code }, cause: error },
    );
  }
  if (!unreachable.test(code)) return undefined;
  return new PlatformError(
    'unavailable',
    `${name}'s end point does not answer (${code}): check the region, the end point and this machine's network.`,
    { details: { code }, cause: error },
  );
}

/** The SDK could make nothing of an answer: it marks such errors with what it knows of the response. */
function fromAnswer(error: Error, { name }: AwsService): PlatformError {
  if (!('$metadata' in error) && !('$response' in error)) return toPlatformError(error);
  const status = statusOf(error);
  const details = { status, parser: error.message.slice(0, 200) };
  if (status === 401 || status === 403) {
    const { code, remedy } = meaningOfStatus(status);
    return new PlatformError(code, `${name}'s end point refuses the request (HTTP ${status}). ${remedy}`, {
      details,
    });
  }
  return new PlatformError(
    'unavailable',
    `The end point answers something that is none of ${name}'s: check the end point, or a proxy before it.`,
    { details },
  );
}

import { type ErrorCode, PlatformError, toPlatformError } from '@trencadis/errors';

interface Meaning {
  readonly code: ErrorCode;
  /** What to do; Amazon's own sentence comes before it, except where it may repeat parts of a signed request. */
  readonly remedy: string;
  readonly isAboutCredentials?: true;
}

const credentials = (remedy: string): Meaning => ({
  code: 'unauthenticated',
  remedy,
  isAboutCredentials: true,
});

/** By Amazon's code, the first that matches. Codes of ELBv2, EC2, ACM, Auto Scaling and CloudWatch, and common ones. */
const meanings: readonly (readonly [RegExp, Meaning])[] = [
  [
    /^(RequestTimeTooSkewed|RequestExpired|RequestInTheFuture|InvalidSignatureException|SignatureDoesNotMatch)$/,
    credentials('Correct the secret access key, or set the clock of this machine (NTP).'),
  ],
  [
    /^(ExpiredToken|ExpiredTokenException|TokenRefreshRequired)$/,
    credentials('The session token has expired: get new temporary credentials.'),
  ],
  [
    /^(AuthFailure|InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|MissingAuthenticationToken|MissingAuthenticationTokenException|IncompleteSignature)$/,
    credentials('Correct accessKeyId, secretAccessKey and sessionToken of the site, and its region.'),
  ],
  [
    /^(UnauthorizedOperation|AccessDenied|AccessDeniedException|OperationNotPermitted|OptInRequired|Blocked|PendingVerification|SubscriptionRequiredException)/,
    { code: 'forbidden', remedy: 'Give the user or role that right, or the account that service.' },
  ],
  [
    /^(RequestLimitExceeded|Throttling|ThrottlingException|ThrottledException|TooManyRequestsException|RequestThrottled|SlowDown|InternalError|InternalFailure|InternalServerError|InternalServiceFault|InternalServiceError|Unavailable|ServiceUnavailable|ServiceUnavailableException|ResourceContention|ResourceContentionFault|ScalingActivityInProgress|ScalingActivityInProgressFault)$/,
    { code: 'unavailable', remedy: 'Wait.' },
  ],
  [
    /^TooMany|LimitExceeded|QuotaExceeded|InsufficientFreeAddressesInSubnet|InsufficientInstanceCapacity/,
    {
      code: 'quota-exceeded',
      remedy: 'Free something, or ask for a higher quota in the console of Service Quotas.',
    },
  ],
  [
    /NotFound/,
    { code: 'not-found', remedy: 'Check the name and the region, or ask again: it may have been removed.' },
  ],
  [
    /InUse|^Duplicate|Duplicate$|^DependencyViolation$|^AlreadyExists|Conflict|^IncompatibleProtocols|^IdempotentParameterMismatch$/,
    { code: 'conflict', remedy: 'Look at what changed there, and ask again.' },
  ],
  [
    /^(UnsupportedProtocol|AvailabilityZoneNotSupported|Unsupported|InvalidAction)/,
    { code: 'unsupported', remedy: 'Choose other zones, protocols or another region.' },
  ],
  [
    /^(Invalid|Missing|Malformed|Validation|UnknownParameter|RequestMalformed)/,
    { code: 'invalid-argument', remedy: 'Correct the request; the message names the place.' },
  ],
];

/** What a code of Amazon's means to us; `undefined`: it is in no list of ours. */
export function meaningOf(awsCode: string): Meaning | undefined {
  return meanings.find(([pattern]) => pattern.test(awsCode))?.[1];
}

/** Every operation of the drivers goes through here: the one place where failures get their code. An abort stays what it is. */
export async function translated<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    throw signal.aborted ? signal.reason : toAmazonError(error);
  }
}

export function hasAwsCode(error: unknown, pattern: RegExp): boolean {
  return isServiceError(error) && pattern.test(error.name);
}

interface ServiceError extends Error {
  readonly $fault: 'client' | 'server';
  readonly $metadata: { readonly httpStatusCode?: number; readonly requestId?: string };
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && '$fault' in error && '$metadata' in error;
}

export function toAmazonError(error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  if (!(error instanceof Error)) return toPlatformError(error);
  return isServiceError(error) ? fromService(error) : (fromTransport(error) ?? fromAnswer(error));
}

function fromService(error: ServiceError): PlatformError {
  const { httpStatusCode: status, requestId } = error.$metadata;
  const meaning = meaningOf(error.name) ?? meaningOfStatus(status);
  const details = { awsCode: error.name, status, requestId };
  // What Amazon says of a wrong signature repeats the signed headers: the session token is one of them.
  if (meaning.isAboutCredentials) {
    const message = `Amazon refuses the credentials (${error.name}). ${meaning.remedy}`;
    return new PlatformError(meaning.code, message, { details });
  }
  const said = error.message.replace(/\s*Encoded authorization failure message:.*$/s, '').slice(0, 500);
  const sentence = (said || error.name).trim().replace(/\.$/, '');
  return new PlatformError(meaning.code, `Amazon: ${sentence} (${error.name}). ${meaning.remedy}`, {
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

function fromTransport(error: Error): PlatformError | undefined {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  if (untrusted.test(code)) {
    return new PlatformError(
      'unauthenticated',
      `The certificate of Amazon's end point is not trusted (${code}): give its CA as caCertificate, or correct the end point.`,
      { details: { code }, cause: error },
    );
  }
  if (!unreachable.test(code)) return undefined;
  return new PlatformError(
    'unavailable',
    `Amazon's end point does not answer (${code}): check the region, the end point and this machine's network.`,
    { details: { code }, cause: error },
  );
}

/** The SDK could make nothing of an answer: it marks such errors with what it knows of the response. */
function fromAnswer(error: Error): PlatformError {
  if (!('$metadata' in error) && !('$response' in error)) return toPlatformError(error);
  const { httpStatusCode: status } = (('$metadata' in error && error.$metadata) || {}) as {
    readonly httpStatusCode?: number;
  };
  const details = { status, parser: error.message.slice(0, 200) };
  if (status === 401 || status === 403) {
    const { code, remedy } = meaningOfStatus(status);
    return new PlatformError(code, `Amazon's end point refuses the request (HTTP ${status}). ${remedy}`, {
      details,
    });
  }
  return new PlatformError(
    'unavailable',
    'The end point answers something that is none of Amazon’s: check the end point, or a proxy before it.',
    { details },
  );
}

export function notFound(what: string, name: string): PlatformError {
  return new PlatformError('not-found', `There is no ${what} ${name} in this account and region.`, {
    subject: name,
  });
}

export function heldByOther(what: string, name: string, tag: string | undefined): PlatformError {
  const holder = tag === undefined ? 'was not made by this platform' : `belongs to ${tag}`;
  return new PlatformError('conflict', `The ${what} ${name} exists and ${holder}: choose another name.`, {
    subject: name,
  });
}

export function conflict(message: string, subject: string): PlatformError {
  return new PlatformError('conflict', message, { subject });
}

export function invalid(message: string, subject: string): PlatformError {
  return new PlatformError('invalid-argument', message, { subject });
}

export function unsupported(message: string, subject: string): PlatformError {
  return new PlatformError('unsupported', message, { subject });
}

/** For what Amazon has promised and not done within the deadline. */
export function tooSlow(what: string, subject: string): PlatformError {
  return new PlatformError('unavailable', `Amazon has not finished in time: ${what}. Wait.`, { subject });
}

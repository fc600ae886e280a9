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
const skew =
  "the clock of this machine and Amazon's are too far apart, or the request was long on its way: set the clock (NTP)";

/** By Amazon's code, the first that matches. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const meanings: readonly (readonly [RegExp, Meaning])[] = [
  [
    /^(RequestTimeTooSkewed|RequestExpired|RequestInTheFuture|InvalidSignatureException)$/,
    credentials(`The request's time was refused; ${skew}.`),
  ],
  [
    /^(ExpiredToken|ExpiredTokenException|TokenRefreshRequired)$/,
    credentials('The session token has expired: get new temporary credentials.'),
  ],
  [
    /^SignatureDoesNotMatch$/,
    credentials(`The secret access key is not the one of the access key; or ${skew}.`),
  ],
  [
    /^(AuthFailure|InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|MissingAuthenticationToken|IncompleteSignature)$/,
    credentials(
      'The access key is unknown, inactive or of another account or region: correct accessKeyId, secretAccessKey and sessionToken.',
    ),
  ],
  [
    /^(OptInRequired|Blocked|PendingVerification|SubscriptionRequiredException)$/,
    {
      code: 'forbidden',
      remedy: 'Sign in to AWS and enable the service, the region or the image for this account.',
    },
  ],
  [
    /^(UnauthorizedOperation|AccessDenied|AccessDeniedException|UnauthorizedException|Client\.UnauthorizedOperation)$/,
    {
      code: 'forbidden',
      remedy:
        'Give the user or role that right; `aws sts decode-authorization-message` tells which policy refused it.',
    },
  ],
  [
    /^(OperationNotPermitted|InvalidAMIID\.Unavailable\.Permission)$/,
    { code: 'forbidden', remedy: 'The thing is protected against it, or belongs to another account.' },
  ],
  [
    /^(RequestLimitExceeded|Throttling|ThrottlingException|ThrottledException|TooManyRequestsException|RequestThrottled|EC2ThrottledException|SlowDown)$/,
    { code: 'unavailable', remedy: 'Amazon takes fewer requests of this account now: wait.' },
  ],
  [
    /InsufficientInstanceCapacity|InsufficientHostCapacity|InsufficientCapacity|InsufficientVolumeCapacity|InsufficientFreeAddressesInSubnet|InsufficientAddressCapacity/,
    { code: 'quota-exceeded', remedy: 'Wait, or choose another zone or instance type.' },
  ],
  [
    /^(SpotMaxPriceTooLow|Server\.SpotInstanceTermination|Server\.SpotInstanceShutdown|MaxSpotInstanceCountExceeded)$/,
    { code: 'quota-exceeded', remedy: 'Wait, pay more for spare capacity, or ask for no spot VM.' },
  ],
  [
    /LimitExceeded|QuotaExceeded/,
    {
      code: 'quota-exceeded',
      remedy: 'Free something, or ask for a higher quota in the console of Service Quotas.',
    },
  ],
  [
    /^(InternalError|InternalFailure|InternalServerError|Unavailable|ServiceUnavailable|ServiceUnavailableException|Server\.InternalError|ServiceException|InsufficientReservedInstanceCapacity)$/,
    { code: 'unavailable', remedy: 'Wait; the AWS Health Dashboard tells whether the service is disturbed.' },
  ],
  [/Malformed$/, { code: 'invalid-argument', remedy: 'Correct the id: it is not one of Amazon’s.' }],
  [
    /NotFound$|^NoSuch|Unavailable$|^ParameterNotFound|^InvalidZone|^InvalidInstanceType$/,
    { code: 'not-found', remedy: 'Check the name and the region.' },
  ],
  [
    /^(IncorrectState|IncorrectInstanceState|InvalidInstanceID|VolumeInUse|VolumeModificationRate.*|DependencyViolation|ResourceInUse|Resource\.AlreadyAssociated|InvalidIPAddress\.InUse|IdempotentParameterMismatch|NetworkInterfaceInUse|OperationInProgress|IncorrectModificationState)$|\.(InUse|Conflict|Duplicate|DuplicateRange)$|InUse$/,
    { code: 'conflict', remedy: 'Look at what changed there, and plan again.' },
  ],
  [
    /^(Unsupported|UnsupportedOperation|UnsupportedOperationException|UnsupportedHibernationConfiguration|VPCIdNotSpecified|InvalidAction)$/,
    { code: 'unsupported', remedy: 'Choose another instance type, zone or image.' },
  ],
  [
    /^(Invalid|Missing|Malformed|UnknownParameter|Validation|DuplicateSubnetsInSameZone)/,
    { code: 'invalid-argument', remedy: 'Correct the request; the message names the place.' },
  ],
];

/** What a code of Amazon's means to us; `undefined`: it is in no list of ours. */
export function meaningOf(awsCode: string): Meaning | undefined {
  return meanings.find(([pattern]) => pattern.test(awsCode))?.[1];
}

/** Every operation of the driver goes through here: the one place where failures get their code. An abort stays what it is. */
export async function translated<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    throw signal.aborted ? signal.reason : toEc2Error(error);
  }
}

/** Amazon's code of what the SDK threw; '' where it is none of the service's. */
export function awsCodeOf(error: unknown): string {
  return isServiceError(error) ? error.name : '';
}

export function hasAwsCode(error: unknown, pattern: RegExp): boolean {
  return pattern.test(awsCodeOf(error));
}

interface ServiceError extends Error {
  readonly $fault: 'client' | 'server';
  readonly $metadata: { readonly httpStatusCode?: number; readonly requestId?: string };
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && '$fault' in error && '$metadata' in error;
}

export function toEc2Error(error: unknown): PlatformError {
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
    const message = `Amazon EC2 refuses the credentials (${error.name}). ${meaning.remedy}`;
    return new PlatformError(meaning.code, message, { details });
  }
  const said = error.message.replace(/\s*Encoded authorization failure message:.*$/s, '').slice(0, 500);
  return new PlatformError(
    meaning.code,
    `Amazon EC2: ${endOf(said || error.name)} (${error.name}). ${meaning.remedy}`,
    {
      details: { ...details, awsMessage: error.message.slice(0, 4000) },
      cause: error,
    },
  );
}

const endOf = (sentence: string) => sentence.trim().replace(/\.$/, '');

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
      `The certificate of the EC2 end point is not trusted (${code}): give its CA as caCertificate, or correct the end point.`,
      { details: { code }, cause: error },
    );
  }
  if (!unreachable.test(code)) return undefined;
  return new PlatformError(
    'unavailable',
    `The EC2 end point does not answer (${code}): check the region, the end point and this machine's network.`,
    { details: { code }, cause: error },
  );
}

/** The SDK could make nothing of an answer: it marks such errors with what it knows of the response. */
function fromAnswer(error: Error): PlatformError {
  if (!('$metadata' in error) && !('$response' in error)) return toPlatformError(error);
  const status = statusOf(error);
  const details = { status, parser: error.message.slice(0, 200) };
  if (status === 401 || status === 403) {
    const { code, remedy } = meaningOfStatus(status);
    return new PlatformError(code, `The end point of AWS refuses the request (HTTP ${status}). ${remedy}`, {
      details,
    });
  }
  return new PlatformError(
    'unavailable',
    'The EC2 end point answers something that is not EC2: check the end point, or a proxy before it.',
    { details },
  );
}

/** The HTTP status of the answer that the SDK threw for; none: there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const { $metadata, $response } = (error ?? {}) as Partial<Record<'$metadata' | '$response', unknown>>;
  const { httpStatusCode } = ($metadata ?? {}) as { readonly httpStatusCode?: number };
  const { statusCode } = ($response ?? {}) as { readonly statusCode?: number };
  return httpStatusCode ?? statusCode;
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
  return new PlatformError('unavailable', `Amazon EC2 has not finished in time: ${what}. Wait.`, { subject });
}

import type { ErrorCode } from '@trencadis/errors';

/** What a code of Amazon's means to us. */
export interface Meaning {
  readonly code: ErrorCode;
  /** What to do; Amazon's own sentence comes before it, except where it may repeat parts of a signed request. */
  readonly remedy: string;
  readonly isAboutCredentials?: true;
}

type Meanings = readonly (readonly [RegExp, Meaning])[];

/** What of Amazon's a driver speaks to. */
export interface AwsService {
  /** As messages name it: `Amazon EC2`. */
  readonly name: string;
  /** Its own codes, and its own remedies for common ones: they are looked at before the common ones. */
  readonly meanings: Meanings;
}

export const credentials = (remedy: string): Meaning => ({
  code: 'unauthenticated',
  remedy,
  isAboutCredentials: true,
});
const skew =
  "the clock of this machine and Amazon's are too far apart, or the request was long on its way: set the clock (NTP)";

/**
 * By Amazon's code, the first that matches. Older interfaces (EC2) have bare codes, newer ones add `Exception` or `Fault`.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
const commonMeanings: Meanings = [
  [
    /^(RequestTimeTooSkewed|RequestExpired|RequestInTheFuture)$/,
    credentials(`The request's time was refused; ${skew}.`),
  ],
  [
    /^(ExpiredToken|ExpiredTokenException|TokenRefreshRequired)$/,
    credentials('The session token has expired: get new temporary credentials.'),
  ],
  [
    /^(SignatureDoesNotMatch|InvalidSignatureException)$/,
    credentials(`The secret access key is not the one of the access key; or ${skew}.`),
  ],
  [
    /^(AuthFailure|InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|MissingAuthenticationToken|MissingAuthenticationTokenException|IncompleteSignature)$/,
    credentials(
      'The access key is unknown, inactive or of another account or region: correct accessKeyId, secretAccessKey and sessionToken.',
    ),
  ],
  [
    /^(OptInRequired|Blocked|PendingVerification|SubscriptionRequiredException)$/,
    {
      code: 'forbidden',
      remedy: 'Sign in to AWS and enable the service, the region or the product for this account.',
    },
  ],
  [
    /^(UnauthorizedOperation|UnauthorizedException|Client\.UnauthorizedOperation|AccessDenied)/,
    {
      code: 'forbidden',
      remedy:
        'Give the user or role that right; `aws sts decode-authorization-message` tells which policy refused it.',
    },
  ],
  [
    /^OperationNotPermitted/,
    { code: 'forbidden', remedy: 'The thing is protected against it, or belongs to another account.' },
  ],
  [
    /^(RequestLimitExceeded|Throttling|ThrottlingException|ThrottledException|TooManyRequestsException|RequestThrottled|EC2ThrottledException|SlowDown)$/,
    { code: 'unavailable', remedy: 'Amazon takes fewer requests of this account now: wait.' },
  ],
  [
    /Insufficient(Instance|Host|Volume|Address)?Capacity|InsufficientFreeAddressesInSubnet/,
    { code: 'quota-exceeded', remedy: 'Wait, or choose another type or zone.' },
  ],
  [
    /^TooMany|LimitExceeded|QuotaExceeded/,
    {
      code: 'quota-exceeded',
      remedy: 'Free something, or ask for a higher quota in the console of Service Quotas.',
    },
  ],
  [
    /^(InternalError|InternalFailure|InternalServerError|InternalServiceError|InternalServiceFault|Unavailable|ServiceUnavailable|ServiceUnavailableException|Server\.InternalError|ServiceException|InsufficientReservedInstanceCapacity)$/,
    { code: 'unavailable', remedy: 'Wait; the AWS Health Dashboard tells whether the service is disturbed.' },
  ],
  [/Malformed$/, { code: 'invalid-argument', remedy: 'Correct the id: it is not one of Amazon’s.' }],
  [
    /NotFound|^NoSuch/,
    { code: 'not-found', remedy: 'Check the name and the region: it may have been removed.' },
  ],
  [
    /InUse|^Duplicate|Duplicate(Range)?$|^DependencyViolation$|AlreadyAssociated$|AlreadyExists|Conflict|^IdempotentParameterMismatch$/,
    { code: 'conflict', remedy: 'Look at what changed there, and plan again.' },
  ],
  [
    /^(Invalid|Missing|Malformed|RequestMalformed|UnknownParameter|Validation)/,
    { code: 'invalid-argument', remedy: 'Correct the request; the message names the place.' },
  ],
];

/** `undefined`: the code is in no list of ours. */
export function meaningOf(awsCode: string, { meanings }: AwsService): Meaning | undefined {
  return [...meanings, ...commonMeanings].find(([pattern]) => pattern.test(awsCode))?.[1];
}

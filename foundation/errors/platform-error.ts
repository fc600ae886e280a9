/** The closed list of error codes; docs/errors.md says what each means to a user, a step and an undo. */
export const errorCodes = [
  'invalid-argument',
  'unauthenticated',
  'forbidden',
  'not-found',
  'already-exists',
  'conflict',
  'quota-exceeded',
  'unsupported',
  'unavailable',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface PlatformErrorOptions {
  /** What the error is about: a VM name, a document id, a path. */
  readonly subject?: string;
  /** For the log only: provider codes, command output. Never shown to a user, never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The one error that crosses a package's border. `message` is for the user: it names the place and the remedy. */
export class PlatformError extends Error {
  override readonly name = 'PlatformError';
  readonly code: ErrorCode;
  readonly subject: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: PlatformErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.subject = options.subject;
    this.details = options.details ?? {};
  }
}

export function isPlatformError(error: unknown, code?: ErrorCode): error is PlatformError {
  return error instanceof PlatformError && (code === undefined || error.code === code);
}

/** Any thrown value as a PlatformError; what is not one already is a bug: `internal`. */
export function toPlatformError(error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new PlatformError('internal', `Unexpected failure: ${text}`, { cause: error });
}

const httpStatus: Readonly<Record<ErrorCode, number>> = {
  'invalid-argument': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'already-exists': 409,
  conflict: 409,
  'quota-exceeded': 507,
  unsupported: 422,
  unavailable: 503,
  internal: 500,
};

/** The HTTP status (RFC 9110) under which an error with this code is answered. */
export function httpStatusOf(code: ErrorCode): number {
  return httpStatus[code];
}

import { type ErrorCode, PlatformError, type PlatformErrorOptions } from '@trencadis/errors';

/** 412 precondition failed, 422 a key used for something else, 428 precondition missing (RFC 9110, RFC 6585). */
export type RefusalStatus = 412 | 422 | 428;

/** A failure for which HTTP has a narrower status than its code has. */
export class HttpRefusal extends PlatformError {
  readonly status: RefusalStatus;

  constructor(status: RefusalStatus, code: ErrorCode, message: string, options: PlatformErrorOptions = {}) {
    super(code, message, options);
    this.status = status;
  }
}

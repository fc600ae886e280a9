import { type ErrorCode, PlatformError } from '@trencadis/errors';

/** What the process says when it ends; docs/exit-codes.md tells it to users. */
export const exitCodes = {
  done: 0,
  failed: 1,
  /** A command that makes no sense as written, or `drift` that found some. */
  usage: 2,
  notFound: 3,
  denied: 4,
  conflict: 5,
  quota: 6,
  unsupported: 7,
  unavailable: 8,
  /** 128 + SIGINT, as shells count. */
  interrupted: 130,
} as const;

const ofErrors: Readonly<Record<ErrorCode, number>> = {
  'invalid-argument': exitCodes.usage,
  unauthenticated: exitCodes.denied,
  forbidden: exitCodes.denied,
  'not-found': exitCodes.notFound,
  'already-exists': exitCodes.conflict,
  conflict: exitCodes.conflict,
  'quota-exceeded': exitCodes.quota,
  unsupported: exitCodes.unsupported,
  unavailable: exitCodes.unavailable,
  internal: exitCodes.failed,
};

/** A plan was carried out and did not come to the end that was asked for. */
export class PlanFailed extends PlatformError {
  constructor(message: string, planId: string) {
    super('conflict', message, { subject: planId });
  }
}

export function exitCodeOf(error: PlatformError): number {
  return error instanceof PlanFailed ? exitCodes.failed : ofErrors[error.code];
}

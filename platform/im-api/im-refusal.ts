import { type ErrorCode, PlatformError } from '@trencadis/errors';

/** A refusal with the status that IM's API has for it, where our own code for it has another. */
export class ImRefusal extends PlatformError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(codeOf(status), message);
    this.status = status;
    this.headers = headers;
  }
}

function codeOf(status: number): ErrorCode {
  if (status === 401) return 'unauthenticated';
  return status === 404 ? 'not-found' : 'invalid-argument';
}

/** A path or query that does not fit its type: IM's framework answers 422 in an envelope of its own. */
export class ImValidationError extends PlatformError {
  readonly detail: readonly ValidationProblem[];

  constructor(problem: ValidationProblem) {
    super('invalid-argument', problem.msg);
    this.detail = [problem];
  }
}

export interface ValidationProblem {
  readonly type: string;
  readonly loc: readonly [where: 'path' | 'query', name: string];
  readonly msg: string;
  readonly input?: string;
}

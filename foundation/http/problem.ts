import { type ErrorCode, PlatformError, errorCodes, httpStatusOf } from '@trencadis/errors';
import { z } from 'zod';
import { HttpRefusal } from './http-refusal.ts';

export const problemMediaType = 'application/problem+json';

/** Problem details (RFC 9457) with our closed error codes; `errors` names every bad field of a request. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(errorCodes),
    subject: z.string().optional(),
    requestId: z.string().optional(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ description: 'Problem details (RFC 9457)' });

export type Problem = z.output<typeof problemSchema>;

/** The body that a client may see. What went wrong inside stays inside: of `internal` only the request id is told. */
export function problemOf(error: PlatformError, requestId: string): Problem {
  const isInternal = error.code === 'internal';
  return {
    type: `urn:trencadis:error:${error.code}`,
    title: titleOf(error.code),
    status: error instanceof HttpRefusal ? error.status : httpStatusOf(error.code),
    detail: isInternal
      ? `The server failed unexpectedly. Give its operator the request id ${requestId}.`
      : error.message,
    code: error.code,
    ...(error.subject === undefined || isInternal ? {} : { subject: error.subject }),
    requestId,
  };
}

/** The error again, at the client; `details.status` says which status it was when the code has another one. */
export function errorOfProblem(problem: Problem): PlatformError {
  const { code, detail, subject, requestId, errors, status } = problem;
  return new PlatformError(code, detail, {
    ...(subject === undefined ? {} : { subject }),
    details: {
      requestId,
      ...(status === httpStatusOf(code) ? {} : { status }),
      ...(errors === undefined ? {} : { errors }),
    },
  });
}

function titleOf(code: ErrorCode): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

import { PlatformError, toPlatformError } from '@trencadis/errors';
import type { Log } from '@trencadis/log';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type Problem, problemMediaType, problemOf } from './problem.ts';

/** Every failure of a request becomes problem details; what is our fault is logged with its cause. */
export function answerErrors(server: FastifyInstance, log: Log): void {
  server.setErrorHandler(async (error: unknown, request, reply) => {
    const problem = problemOfFailure(error, request);
    if (problem.status >= 500) logFailure(log, error, request);
    await answerProblem(reply, problem);
  });
  server.setNotFoundHandler(async (request, reply) => {
    const missing = new PlatformError('not-found', `There is no ${request.method} ${pathOf(request)} here.`);
    await answerProblem(reply, problemOf(missing, request.id));
  });
}

function logFailure(log: Log, error: unknown, request: FastifyRequest): void {
  const { method, routeOptions, id } = request;
  log.error({ error, method, route: routeOptions.url, requestId: id }, 'a request failed');
}

export async function answerProblem(reply: FastifyReply, problem: Problem): Promise<void> {
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  reply.code(problem.status).type(problemMediaType).serializer(JSON.stringify);
  await reply.send(problem);
}

function problemOfFailure(error: unknown, request: FastifyRequest): Problem {
  const { id: requestId } = request;
  if (hasZodFastifySchemaValidationErrors(error)) return problemOfBadFields(error, requestId);
  const { statusCode, code } = error as Partial<FastifyError>;
  if (!(error instanceof PlatformError) && statusCode !== undefined && statusCode < 500) {
    // Fastify's own words may quote the body, which may hold a secret.
    const text = textOfRequestProblem(code ?? '', request);
    return { ...problemOf(new PlatformError('invalid-argument', text), requestId), status: statusCode };
  }
  return problemOf(toPlatformError(error), requestId);
}

function textOfRequestProblem(code: string, { routeOptions }: FastifyRequest): string {
  if (code !== 'FST_ERR_CTP_BODY_TOO_LARGE') return requestProblems[code] ?? 'The request is malformed.';
  return `The body is larger than ${routeOptions.bodyLimit} bytes, which is all that is accepted here.`;
}

const requestProblems: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Send the body as application/json.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not JSON.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty; send JSON.',
};

type BadFields = Parameters<typeof answerableFields>[0];

function problemOfBadFields(error: BadFields, requestId: string): Problem {
  const errors = answerableFields(error);
  const text = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return { ...problemOf(new PlatformError('invalid-argument', text), requestId), errors };
}

function answerableFields(error: {
  readonly validation: readonly { readonly instancePath?: string; readonly message?: string }[];
  readonly validationContext?: string | undefined;
}): { field: string; message: string }[] {
  const part = error.validationContext === 'querystring' ? 'query' : (error.validationContext ?? 'request');
  return error.validation.map(({ instancePath = '', message = 'is not valid' }) => ({
    field: [part, ...instancePath.split('/').filter((step) => step !== '')].join('.'),
    message,
  }));
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

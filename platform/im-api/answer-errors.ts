import { type PlatformError, httpStatusOf, isPlatformError, toPlatformError } from '@trencadis/errors';
import type { Log } from '@trencadis/log';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ImRefusal, ImValidationError } from './im-refusal.ts';
import { type MediaType, mediaTypes, negotiateError } from './negotiate.ts';

/** Failures as IM tells them: text, JSON `{"message","code"}` or HTML, as the caller accepts. */
export function answerImErrors(server: FastifyInstance, log: Log): void {
  server.setErrorHandler(async (error: unknown, request, reply) => {
    if (error instanceof ImValidationError) return answerValidation(reply, error);
    const { status, message, headers } = failureOf(error, request);
    if (status === 500) log.error({ error, requestId: request.id }, 'a request of IM’s API failed');
    return answer(request, reply.code(status).headers({ ...headers }), { status, message });
  });
  server.setNotFoundHandler(async (request, reply) => {
    const message = `There is no ${request.method} ${request.url.split('?', 1)[0]} here.`;
    return answer(request, reply.code(404), { status: 404, message });
  });
}

interface Failure {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function failureOf(error: unknown, { id, routeOptions }: FastifyRequest): Failure {
  if (error instanceof ImRefusal) return error;
  if (!isPlatformError(error)) {
    const { statusCode, code } = error as Partial<FastifyError>;
    if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      return { status: 413, message: `The body is larger than ${routeOptions.bodyLimit} bytes.` };
    }
    if (statusCode !== undefined && statusCode < 500)
      return { status: statusCode, message: 'The request is malformed.' };
  }
  const platformError = toPlatformError(error);
  const status = statusOf(platformError);
  if (status !== 500) return { status, message: platformError.message };
  return { status, message: `The server failed unexpectedly. Give its operator the request id ${id}.` };
}

/** Codes for which IM has no status of their own are 400. */
function statusOf({ code }: PlatformError): number {
  const status = httpStatusOf(code);
  return [401, 403, 404, 500, 503].includes(status) ? status : 400;
}

async function answer(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  failure: Failure,
): Promise<FastifyReply> {
  const type = negotiateError(headers.accept);
  return reply.type(`${type}; charset=utf-8`).serializer(String).send(print(type, failure));
}

function print(type: MediaType, { status, message }: Failure): string {
  if (type === mediaTypes.json) return JSON.stringify({ message, code: status });
  if (type !== mediaTypes.html) return message;
  const text = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<!DOCTYPE html><html><head><title>Error ${status}</title></head><body><h1>Error ${status}</h1><p>${text}</p></body></html>`;
}

/** The envelope of IM's framework, whatever is accepted. */
async function answerValidation(reply: FastifyReply, { detail }: ImValidationError): Promise<FastifyReply> {
  return reply.code(422).type(mediaTypes.json).serializer(String).send(JSON.stringify({ detail }));
}

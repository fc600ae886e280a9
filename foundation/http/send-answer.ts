import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Download } from './bytes.ts';
import type { Route } from './contract.ts';
import { Prepared, isKnown, prepareJson } from './etag.ts';
import { eventStream, eventStreamMediaType } from './event-stream.ts';
import { ndjson, ndjsonMediaType } from './ndjson.ts';
import { sendDownload } from './send-download.ts';
import { writeStream } from './write-stream.ts';

export interface Exchange {
  readonly route: Route;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Sends what a handler gave, in the way of its route. */
export async function sendAnswer(
  exchange: Exchange,
  answer: unknown,
  closing: AbortSignal,
): Promise<unknown> {
  const { route, request, reply } = exchange;
  reply.code(route.status ?? 200);
  if (route.download === true) return await sendDownload(answer as Download, request, reply);
  if (route.stream === true) return await sendStream(exchange, answer as AsyncIterable<unknown>, closing);
  if (route.etag !== true) return answer;
  return await sendTagged(
    exchange,
    answer instanceof Prepared ? answer : prepareJson(route.response, answer),
  );
}

async function sendTagged({ route, request, reply }: Exchange, { etag, json }: Prepared): Promise<unknown> {
  // May be kept by the caller alone, and must be asked about each time: here it is checked who asks.
  reply.header('etag', etag).header('cache-control', 'private, no-cache');
  if (route.method === 'GET' && isKnown(request.headers['if-none-match'], etag)) {
    return await reply.code(304).send();
  }
  return await reply.type(jsonMediaType).send(json);
}

export const jsonMediaType = 'application/json; charset=utf-8';

async function sendStream(
  { route, request, reply }: Exchange,
  items: AsyncIterable<unknown>,
  closing: AbortSignal,
): Promise<unknown> {
  const isEvents = prefersEvents(request.headers.accept ?? '');
  const format = isEvents ? eventStream(route.eventId?.field) : ndjson;
  const text = writeStream(items, { format, schema: route.response }, { requestId: request.id, closing });
  reply.type(isEvents ? eventStreamMediaType : ndjsonMediaType);
  reply.header('cache-control', 'no-store').header('vary', 'accept');
  return await reply.send(Readable.from(text, { objectMode: false }));
}

/** Browsers ask for events by name; whoever does not care gets lines. */
function prefersEvents(accept: string): boolean {
  return accept.includes(eventStreamMediaType) && !accept.includes(ndjsonMediaType);
}

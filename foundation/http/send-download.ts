import { Readable } from 'node:stream';
import { PlatformError } from '@trencadis/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerProblem } from './answer-errors.ts';
import type { ByteRange, Download } from './bytes.ts';
import { problemOf } from './problem.ts';

/** Answers all the bytes (200) or the range that was asked for (206, or 416 when there is no such range). */
export async function sendDownload(
  download: Download,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { sizeBytes, etag } = download;
  const range = rangeOf(request, download);
  if (range === 'unsatisfiable') return await refuseRange(sizeBytes, request, reply);
  const { start, end } = range ?? { start: 0, end: sizeBytes - 1 };
  const bytes = sizeBytes === 0 ? [] : await download.open({ start, end });
  reply.header('accept-ranges', 'bytes').header('etag', `"${etag}"`).type('application/octet-stream');
  if (range !== undefined) reply.code(206).header('content-range', `bytes ${start}-${end}/${sizeBytes}`);
  reply.header('content-length', end - start + 1);
  return await reply.send(Readable.from(bytes, { objectMode: false }));
}

type AskedRange = Required<ByteRange> | 'unsatisfiable' | undefined;

/** Several ranges at once, other units and nonsense are ignored, as RFC 9110 allows: all is sent then. */
function rangeOf({ headers }: FastifyRequest, { sizeBytes, etag }: Download): AskedRange {
  const whole = `"${etag}"`;
  if ((headers['if-range'] ?? whole) !== whole) return undefined;
  return parseRange(headers.range ?? '', sizeBytes);
}

function parseRange(given: string, sizeBytes: number): AskedRange {
  const [, suffix] = /^bytes=-(\d+)$/.exec(given) ?? [];
  if (suffix !== undefined) {
    const start = Math.max(0, sizeBytes - Number(suffix));
    return satisfiable({ start, end: sizeBytes - 1 }, sizeBytes);
  }
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(given) ?? [];
  if (first === undefined) return undefined;
  const range = { start: Number(first), end: last === '' ? sizeBytes - 1 : Number(last) };
  return last !== '' && range.end < range.start ? undefined : satisfiable(range, sizeBytes);
}

function satisfiable({ start, end }: Required<ByteRange>, sizeBytes: number): AskedRange {
  return start < sizeBytes ? { start, end: Math.min(end, sizeBytes - 1) } : 'unsatisfiable';
}

async function refuseRange(sizeBytes: number, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const text = `There is no such range: the file has ${sizeBytes} bytes.`;
  const problem = problemOf(new PlatformError('invalid-argument', text), request.id);
  reply.header('content-range', `bytes */${sizeBytes}`);
  await answerProblem(reply, { ...problem, status: 416 });
}

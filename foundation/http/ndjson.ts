import { setTimeout as delay } from 'node:timers/promises';
import { PlatformError, toPlatformError } from '@trencadis/errors';
import type { z, ZodType } from 'zod';
import { errorOfProblem, problemOf, problemSchema } from './problem.ts';

export const ndjsonMediaType = 'application/x-ndjson';

/**
 * One JSON line an item; an empty line after each `heartbeatMs` of silence, which keeps connections open through
 * proxies and clients that drop what is silent; when `items` throws, a last line
 * `{"problem": ...}`, since the status has been sent long before.
 */
export async function* writeNdjson(
  items: AsyncIterable<unknown>,
  schema: ZodType,
  { requestId, heartbeatMs = 15_000 }: { readonly requestId: string; readonly heartbeatMs?: number },
): AsyncGenerator<string> {
  const source = items[Symbol.asyncIterator]();
  try {
    for (let next = source.next(); ;) {
      const result = await orSilence(next, heartbeatMs);
      if (result === 'silence') {
        yield '\n';
        continue;
      }
      if (result.done === true) return;
      yield `${JSON.stringify(schema.encode(result.value))}\n`;
      next = source.next();
    }
  } catch (error) {
    yield `${JSON.stringify({ problem: problemOf(toPlatformError(error), requestId) })}\n`;
  } finally {
    await source.return?.();
  }
}

async function orSilence<Result>(next: Promise<Result>, ms: number): Promise<Result | 'silence'> {
  const answered = new AbortController();
  const silence = delay(ms, 'silence' as const, { signal: answered.signal, ref: false });
  // Aborted as soon as the item is there; nobody waits for the timer then.
  silence.catch(() => undefined);
  try {
    return await Promise.race([next, silence]);
  } finally {
    answered.abort();
  }
}

/** The items of such a text, parsed; throws the error of a `problem` line. */
export async function* readNdjson<Schema extends ZodType>(
  chunks: AsyncIterable<Uint8Array>,
  schema: Schema,
): AsyncGenerator<z.output<Schema>> {
  for await (const line of linesOf(chunks)) {
    if (line.trim() === '') continue;
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && 'problem' in value) {
      throw errorOfProblem(problemSchema.parse(value.problem));
    }
    const item = schema.safeParse(value);
    if (!item.success) {
      throw new PlatformError('internal', 'The server sent an item that its contract does not know.', {
        cause: item.error,
      });
    }
    yield item.data;
  }
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest;
}

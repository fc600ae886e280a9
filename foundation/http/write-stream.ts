import { PlatformError, toPlatformError } from '@trencadis/errors';
import type { ZodType } from 'zod';
import { type Problem, problemOf } from './problem.ts';
import { silence, withSilences } from './silences.ts';

export interface StreamWriting {
  readonly requestId: string;
  /** Items that end after this has aborted have not ended properly: the server went away under them. */
  readonly closing: AbortSignal;
  /** Of silence, after which something is sent, which keeps connections open that drop what is silent; default 15 s. */
  readonly heartbeatMs?: number;
}

/** How a stream is written: as lines (`ndjson.ts`) or as events (`event-stream.ts`). */
export interface StreamFormat {
  readonly begin: string;
  item(value: unknown): string;
  readonly beat: string;
  problem(problem: Problem): string;
  /** After the last item. */
  readonly end: string;
  /** Instead of the end, when the server closes before the last item. */
  cutOff(problem: Problem): string;
}

/** When the items throw, that is told last, since the status has been sent long before. */
export async function* writeStream(
  items: AsyncIterable<unknown>,
  { format, schema }: { readonly format: StreamFormat; readonly schema: ZodType },
  { requestId, closing, heartbeatMs = 15_000 }: StreamWriting,
): AsyncGenerator<string> {
  if (format.begin !== '') yield format.begin;
  let failure: unknown;
  try {
    for await (const item of withSilences(items, heartbeatMs)) {
      yield item === silence ? format.beat : format.item(schema.encode(item));
    }
  } catch (error) {
    failure = toPlatformError(error);
  }
  if (closing.aborted) {
    const goneAway = new PlatformError('unavailable', 'The server closes; ask again.');
    yield format.cutOff(problemOf(goneAway, requestId));
  } else if (failure !== undefined) yield format.problem(problemOf(toPlatformError(failure), requestId));
  else if (format.end !== '') yield format.end;
}

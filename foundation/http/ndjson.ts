import { PlatformError } from '@trencadis/errors';
import type { z, ZodType } from 'zod';
import { linesOf } from './lines-of.ts';
import { type Problem, errorOfProblem, problemSchema } from './problem.ts';
import type { StreamFormat } from './write-stream.ts';

export const ndjsonMediaType = 'application/x-ndjson';

/**
 * One JSON line an item; an empty line is a heartbeat; a last line `{"problem": ...}` tells why there are no more
 * items. The end needs no line: HTTP itself tells a body that ended from one that was cut off.
 */
export const ndjson: StreamFormat = {
  begin: '',
  item: (value) => `${JSON.stringify(value)}\n`,
  beat: '\n',
  problem: problemLine,
  end: '',
  cutOff: problemLine,
};

function problemLine(problem: Problem): string {
  return `${JSON.stringify({ problem })}\n`;
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
    yield parseItem(schema, value);
  }
}

export function parseItem<Schema extends ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const item = schema.safeParse(value);
  if (item.success) return item.data;
  throw new PlatformError('internal', 'The server sent an item that its contract does not know.', {
    cause: item.error,
  });
}

import { PlatformError } from '@trencadis/errors';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ndjson, readNdjson } from './ndjson.ts';
import { writeStream } from './write-stream.ts';

const schema = z.object({ value: z.int() });
const options = { requestId: 'ask-1', heartbeatMs: 5, closing: new AbortController().signal };
const writeNdjson = (items: AsyncIterable<unknown>) =>
  writeStream(items, { format: ndjson, schema }, options);

async function linesOf(items: AsyncIterable<unknown>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of writeNdjson(items)) lines.push(line);
  return lines;
}

async function valuesOf(...chunks: string[]): Promise<unknown[]> {
  async function* bytes() {
    for (const chunk of chunks) yield Buffer.from(chunk, 'latin1');
  }
  const values: unknown[] = [];
  for await (const { value } of readNdjson(bytes(), schema)) values.push(value);
  return values;
}

describe('lines that are written', () => {
  it('beats while the source is silent and loses no item', async () => {
    const beats = Promise.withResolvers<void>();
    async function* slow() {
      yield { value: 1 };
      await beats.promise;
      yield { value: 2, extra: 'not sent' };
    }
    const lines: string[] = [];
    for await (const line of writeNdjson(slow())) {
      lines.push(line);
      if (lines.filter((one) => one === '\n').length === 2) beats.resolve();
    }
    expect(lines.filter((line) => line !== '\n')).toEqual(['{"value":1}\n', '{"value":2}\n']);
    expect(lines.filter((line) => line === '\n').length).toBeGreaterThanOrEqual(2);
  });

  it('ends with the problem when the source throws, and tells nothing of a bug', async () => {
    async function* failing(error: Error) {
      yield { value: 1 };
      throw error;
    }
    const [item, problem = ''] = await linesOf(failing(new PlatformError('conflict', 'Changed meanwhile.')));
    expect(item).toBe('{"value":1}\n');
    expect(JSON.parse(problem)).toMatchObject({
      problem: { code: 'conflict', detail: 'Changed meanwhile.' },
    });
    const [, bug] = await linesOf(failing(new TypeError('hunter2 is not a function')));
    expect(bug).not.toContain('hunter2');
  });
});

describe('readNdjson', () => {
  it('joins lines cut anywhere, also within a character, and skips beats', async () => {
    const text = Buffer.from('{"value":1,"note":"ñ"}\n\n\n{"value":2}').toString('latin1');
    for (let cut = 0; cut <= text.length; cut += 1) {
      expect(await valuesOf(text.slice(0, cut), text.slice(cut))).toEqual([1, 2]);
    }
  });

  it('refuses an item that the contract does not know', async () => {
    await expect(valuesOf('{"value":"one"}\n')).rejects.toMatchObject({ code: 'internal' });
  });
});

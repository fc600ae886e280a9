import { PlatformError } from '@trencadis/errors';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ServerEvent, eventStream, readEvents } from './event-stream.ts';
import { allOf } from './testing/all-of.ts';
import { writeStream } from './write-stream.ts';

const schema = z.object({ sequence: z.union([z.int(), z.string()]), note: z.string() });
const item = (sequence: number | string) => ({ sequence, note: 'ñ\n' });

async function textOf(
  items: AsyncIterable<unknown>,
  closing = new AbortController().signal,
): Promise<string> {
  const writing = { requestId: 'ask-1', heartbeatMs: 5, closing };
  const format = eventStream('sequence');
  return (await allOf(writeStream(items, { format, schema }, writing))).join('');
}

async function* chunksOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text, 'latin1');
}

const read = async (...texts: string[]): Promise<ServerEvent[]> =>
  await allOf(readEvents(chunksOf(...texts)));

describe('events that are written', () => {
  it('carry the resume key as their id, and say that they end', async () => {
    async function* items() {
      yield item(7);
      yield { ...item('b-8'), extra: 'not sent' };
    }
    expect(await textOf(items())).toBe(
      'retry: 1000\n\nid: 7\ndata: {"sequence":7,"note":"ñ\\n"}\n\n' +
        'id: b-8\ndata: {"sequence":"b-8","note":"ñ\\n"}\n\nevent: end\ndata: {}\n\n',
    );
  });

  it('beat while the source is silent', async () => {
    async function* slow() {
      await new Promise((done) => setTimeout(done, 40));
      yield item(1);
    }
    expect(await textOf(slow())).toMatch(/^retry: 1000\n\n(:\n\n)+id: 1\n/);
  });

  it('end with the problem when the source throws, and tell nothing of a bug', async () => {
    async function* failing(error: Error) {
      yield item(1);
      throw error;
    }
    const told = await textOf(failing(new PlatformError('conflict', 'Changed meanwhile.')));
    expect(told).toMatch(/\n\nevent: problem\ndata: {.*"Changed meanwhile\.","code":"conflict".*}\n\n$/);
    expect(await textOf(failing(new TypeError('hunter2 is not a function')))).not.toContain('hunter2');
  });

  it('just stop when the server closes under them, so that the reader comes back', async () => {
    const closing = new AbortController();
    async function* items() {
      yield item(1);
      closing.abort();
    }
    expect(await textOf(items(), closing.signal)).toMatch(/"note":"ñ\\n"}\n\n$/);
  });

  it('never carry an id that would end its line', async () => {
    async function* items() {
      yield item('1\ndata: forged');
    }
    expect(await textOf(items())).toContain('"code":"internal"');
  });
});

describe('events that are read', () => {
  const text = Buffer.from('retry: 5\n\nid: 1\ndata: {"ñ":1}\n\n:\n\nevent: end\r\ndata:{}\r\n\r\n').toString(
    'latin1',
  );
  const events = [
    { type: 'message', data: '{"ñ":1}', id: '1' },
    { type: 'heartbeat', data: '', id: undefined },
    { type: 'end', data: '{}', id: undefined },
  ];

  it('are the same wherever the text was cut into pieces', async () => {
    for (let cut = 0; cut <= text.length; cut += 1) {
      expect(await read(text.slice(0, cut), text.slice(cut))).toEqual(events);
    }
  });

  it('are only whole ones', async () => {
    expect(await read('id: 1\ndata: 1\n\nid: 2\ndata: 2\n')).toEqual([
      { type: 'message', data: '1', id: '1' },
    ]);
  });

  it('may have data of several lines, and of types from the future nothing is read', async () => {
    expect(await read('event: other\ndata: x\n\ndata: a\ndata:  b: c\n\n')).toEqual([
      { type: 'message', data: 'a\n b: c', id: undefined },
    ]);
  });
});

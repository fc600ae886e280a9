import { PlatformError } from '@trencadis/errors';
import { linesOf } from './lines-of.ts';
import type { StreamFormat } from './write-stream.ts';

export const eventStreamMediaType = 'text/event-stream';

/**
 * Server-sent events (WHATWG HTML, 9.2). An item is a message with its id, where `idField` names one; a comment is a
 * heartbeat; `event: problem` tells why there are no more items, `event: end` that there are none. A stream that stops
 * without either was cut off: ask again with `Last-Event-ID`.
 */
export function eventStream(idField: string | undefined): StreamFormat {
  return {
    // At once, so that a reader knows that it is connected; then it waits 1 s before it connects again.
    begin: 'retry: 1000\n\n',
    item: (value) => `${idLine(value, idField)}data: ${JSON.stringify(value)}\n\n`,
    beat: ':\n\n',
    problem: (problem) => `event: problem\ndata: ${JSON.stringify(problem)}\n\n`,
    // Browsers drop an event that has no data.
    end: 'event: end\ndata: {}\n\n',
    cutOff: () => '',
  };
}

function idLine(value: unknown, idField: string | undefined): string {
  if (idField === undefined) return '';
  const id: unknown = (value as Readonly<Record<string, unknown>>)[idField];
  if (typeof id === 'number' || (typeof id === 'string' && /^[^\r\n\0]+$/.test(id))) return `id: ${id}\n`;
  throw new PlatformError('internal', `The item's ${idField} is neither a number nor text of one line.`);
}

export interface ServerEvent {
  readonly type: 'message' | 'problem' | 'end' | 'heartbeat';
  readonly data: string;
  readonly id: string | undefined;
}

/** The events of such a text, heartbeats among them; one that was cut off is none. Types we do not know are skipped. */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  let fields = new Map<string, string>();
  for await (const line of linesOf(chunks)) {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (text === '') {
      const event = eventOf(fields);
      fields = new Map();
      if (event !== undefined) yield event;
    } else if (text.startsWith(':')) yield { type: 'heartbeat', data: '', id: undefined };
    else readField(text, fields);
  }
}

function readField(line: string, fields: Map<string, string>): void {
  const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
  const before = name === 'data' ? fields.get(name) : undefined;
  fields.set(name, before === undefined ? value : `${before}\n${value}`);
}

const knownTypes = ['message', 'problem', 'end'] as const;

function eventOf(fields: ReadonlyMap<string, string>): ServerEvent | undefined {
  const data = fields.get('data');
  const type = knownTypes.find((known) => known === (fields.get('event') ?? 'message'));
  return data === undefined || type === undefined ? undefined : { type, data, id: fields.get('id') };
}

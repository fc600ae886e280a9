import { setTimeout as delay } from 'node:timers/promises';
import { PlatformError, isPlatformError } from '@trencadis/errors';
import type { Response } from 'undici';
import { type AnyInput, type CallOptions, type Place, call, translate } from './client-call.ts';
import { type ServerEvent, eventStreamMediaType, readEvents } from './event-stream.ts';
import { parseItem } from './ndjson.ts';
import { errorOfProblem, problemSchema } from './problem.ts';
import { silence, withSilences } from './silences.ts';

const firstWaitMs = 200;
const longestWaitMs = 5_000;
/** Three heartbeats that did not come: the connection is dead, even if nobody said so. */
const deadConnectionMs = 45_000;
const defaultReconnectMs = 120_000;

/**
 * The items of a stream with an event id. A connection that is lost, or that the server closes before the end, is made
 * again after growing waits, and goes on after the last item received. What the server refuses is thrown.
 */
export function followEvents(place: Place, deadAfterMs: number = deadConnectionMs) {
  return async function* items(input: AnyInput, options: CallOptions = {}): AsyncGenerator {
    const following: Following = {
      place,
      input,
      options,
      lastId: undefined,
      waitMs: firstWaitMs,
      deadAfterMs,
    };
    // Who cannot connect at all wants to know at once.
    let connected = await connect(following);
    for (;;) {
      if ((yield* itemsUntilLost(following, connected)) === 'ended') return;
      connected = await reconnect(following);
    }
  };
}

interface Following {
  readonly place: Place;
  readonly input: AnyInput;
  readonly options: CallOptions;
  readonly deadAfterMs: number;
  lastId: string | undefined;
  /** Grows with each attempt until something is received. */
  waitMs: number;
}

interface Connected {
  readonly response: Response;
  /** Cuts the connection. */
  readonly cut: AbortController;
}

async function connect({ place, input, options, lastId }: Following): Promise<Connected> {
  const cut = new AbortController();
  const signal = AbortSignal.any([cut.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const resume = lastId === undefined ? {} : { 'last-event-id': lastId };
  const headers = { accept: eventStreamMediaType, ...resume };
  return { response: await call(place, input, { signal, headers }), cut };
}

async function* itemsUntilLost(
  following: Following,
  { response, cut }: Connected,
): AsyncGenerator<unknown, 'ended' | 'lost'> {
  const { place, options, deadAfterMs } = following;
  try {
    for await (const event of withSilences(readEvents(response.body ?? noBytes()), deadAfterMs)) {
      // Fails the read that is under way.
      if (event === silence) cut.abort();
      else if (event.type === 'end') return 'ended';
      else yield* receive(event, following);
    }
  } catch (error) {
    if (isPlatformError(error) || options.signal?.aborted === true) {
      throw translate(error, place.connection, options.signal);
    }
  } finally {
    cut.abort();
  }
  return 'lost';
}

function* receive({ type, data, id }: ServerEvent, following: Following): Generator {
  following.waitMs = firstWaitMs;
  if (type === 'heartbeat') return;
  const value = parseData(data);
  if (type === 'problem') throw errorOfProblem(problemSchema.parse(value));
  const item = parseItem(following.place.route.response, value);
  following.lastId = id ?? following.lastId;
  yield item;
}

function parseData(data: string): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch (cause) {
    throw new PlatformError('internal', 'The server sent an event that is not JSON.', { cause });
  }
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}

async function reconnect(following: Following): Promise<Connected> {
  const { place, options } = following;
  const deadline = performance.now() + (place.connection.reconnectMs ?? defaultReconnectMs);
  for (;;) {
    await wait(following);
    try {
      return await connect(following);
    } catch (error) {
      const isPassing = isPlatformError(error, 'unavailable') && options.signal?.aborted !== true;
      if (!isPassing || performance.now() >= deadline) throw error;
    }
  }
}

/** Between half the time and all of it, so that not all clients of a server come back at once. */
async function wait(following: Following): Promise<void> {
  const { signal } = following.options;
  const ms = following.waitMs * (0.5 + Math.random() / 2);
  following.waitMs = Math.min(following.waitMs * 2, longestWaitMs);
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch {
    throw signal?.reason;
  }
}

import { type Clock, parseInstant } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { Response } from 'undici';
import { badAnswer } from './errors.ts';
import { maxXmlCharacters } from './xml-tree.ts';

const busy = new Set([429, 503]);
/** What a call waits in all for a server that says when to come again. */
const patienceMs = 20_000;
const shortestWaitMs = 100;

export interface Waiting {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Asks again after 429 and 503 that carry `Retry-After` (RFC 9110, section 10.2.3), which proxies in front of
 * OpenNebula send: it has not seen such a call. Waits 20 s at most; after that the answer is what it is.
 */
export async function throttled(ask: () => Promise<Response>, { clock, signal }: Waiting): Promise<Response> {
  let waitedMs = 0;
  for (;;) {
    const response = await ask();
    const waitMs = busy.has(response.status) ? retryAfterMs(response, clock) : undefined;
    if (waitMs === undefined || waitedMs + waitMs > patienceMs) return response;
    await response.body?.cancel();
    await clock.sleep(waitMs, signal);
    waitedMs += waitMs;
  }
}

/** Seconds, or a date. */
function retryAfterMs(response: Response, clock: Clock): number | undefined {
  const text = response.headers.get('retry-after')?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.max(Number(text) * 1000, shortestWaitMs);
  const at = parseInstant(text).getTime();
  return Number.isFinite(at) ? Math.max(at - clock.now().getTime(), shortestWaitMs) : undefined;
}

/** The body of a success, as text; any other status is a failure. */
export async function readBounded(response: Response, address: string): Promise<string> {
  if (!response.ok) {
    await response.body?.cancel();
    throw refused(response.status, address);
  }
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > maxXmlCharacters) throw badAnswer(address, 'its answer has no end');
  }
  return text + decoder.decode();
}

function refused(status: number, address: string): PlatformError {
  const details = { status };
  if (status === 401 || status === 403) {
    const message = `What stands before OpenNebula at ${address} refuses the call (HTTP ${status}): ask who runs it.`;
    return new PlatformError(status === 401 ? 'unauthenticated' : 'forbidden', message, { details });
  }
  if (status === 404 || status === 405) {
    const message = `There is no XML-RPC at ${address} (HTTP ${status}): give the endpoint with its path, /RPC2 as a rule.`;
    return new PlatformError('invalid-argument', message, { details });
  }
  const message = `OpenNebula at ${address} cannot answer now (HTTP ${status}): ask again.`;
  return new PlatformError('unavailable', message, { details });
}

import { getCACertificates } from 'node:tls';
import { type Clock, parseInstant } from '@trencadis/clock';
import { Agent, fetch } from 'undici';
import { fromNetworkFailure } from './errors.ts';

export interface HttpRequest {
  /** For people: `Nova`. */
  readonly service: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: unknown;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Awaited<ReturnType<typeof fetch>>['headers'];
  /** Parsed, where it is JSON. */
  readonly body: unknown;
  readonly text: string;
}

export interface TransportOptions {
  readonly caCertificate?: string | undefined;
  readonly clock: Clock;
  /** For one answer to come whole. Default 60 s. */
  readonly timeoutMs?: number | undefined;
}

const maxThrottled = 4;
const maxWaitMs = 60_000;

/**
 * HTTP with verified TLS. What changes something is not cut off by the caller's signal once it is on its way: only so is
 * its outcome known to whoever cleans up after it. An answer that says when to ask again (429, 413, 503 with
 * `Retry-After`) is obeyed up to four times, a minute each at most.
 */
export class Transport {
  readonly #agent: Agent;
  readonly #clock: Clock;
  readonly #timeoutMs: number;

  constructor({ caCertificate, clock, timeoutMs = 60_000 }: TransportOptions) {
    const ca = caCertificate === undefined ? {} : { ca: [...getCACertificates('default'), caCertificate] };
    this.#agent = new Agent({ connect: { timeout: 10_000, ...ca } });
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    for (let asked = 1; ; asked += 1) {
      signal.throwIfAborted();
      const answer = await this.#sendOnce(request, signal);
      const waitMs = this.#throttledFor(answer);
      if (waitMs === undefined || asked === maxThrottled) return answer;
      await this.#clock.sleep(Math.min(waitMs, maxWaitMs), signal);
    }
  }

  async #sendOnce(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { service, method, url, headers, body } = request;
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    try {
      const response = await fetch(url, {
        method,
        headers: { accept: 'application/json', ...json, ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        dispatcher: this.#agent,
        redirect: 'error',
        signal: method === 'GET' ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, body: parsed(text) };
    } catch (error) {
      if (signal.aborted && method === 'GET') throw signal.reason;
      throw fromNetworkFailure(service, url.origin, error);
    }
  }

  #throttledFor({ status, headers }: HttpAnswer): number | undefined {
    if (status !== 429 && status !== 413 && status !== 503) return undefined;
    const retryAfter = headers.get('retry-after');
    if (retryAfter === null) return status === 429 ? 1000 : undefined;
    if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000;
    const waitMs = parseInstant(retryAfter).getTime() - this.#clock.now().getTime();
    return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
  }
}

/** `undefined` for what is no JSON: whoever needs a body checks it. */
function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

import { pollUntil, systemClock } from '@trencadis/clock';
import { Agent, request } from 'undici';

interface Answered {
  /** When it was sent, ms since 1970. */
  readonly at: number;
  readonly tookMs: number;
  readonly host: string;
  readonly version: string;
}

export interface LoadReport {
  readonly answered: readonly Answered[];
  /** What came instead of an answer. */
  readonly failed: readonly string[];
}

/** Idempotent requests, about fifty a second, each of which has to be answered. */
export class Load implements AsyncDisposable {
  readonly #url: string;
  readonly #agent = new Agent({
    headersTimeout: 20_000,
    bodyTimeout: 20_000,
    connectTimeout: 2_000,
  });
  readonly #stop = new AbortController();
  readonly #answered: Answered[] = [];
  readonly #failed: string[] = [];
  #lastFailureAt = 0;
  readonly #running: Promise<void>;

  constructor(url: string) {
    this.#url = url;
    this.#running = this.#run();
  }

  /** Until now; ends it. */
  async end(): Promise<LoadReport> {
    this.#stop.abort();
    await this.#running;
    await this.#agent.close();
    return { answered: this.#answered, failed: this.#failed };
  }

  /** Of the newest answer. */
  async version(): Promise<string> {
    const look = async () => this.#answered.at(-1)?.version;
    const found = await pollUntil(look, { clock: systemClock, everyMs: 100, deadlineMs: 30_000 });
    if (found !== undefined) return found;
    throw new Error(`Nobody answers: ${this.#failed.slice(-3).join('; ')}`);
  }

  /** Waits until requests fail and then are answered again; how long after `at` that is. */
  async recovery(at: number): Promise<number> {
    let failures = 0;
    const look = async () => {
      const isFailing = this.#failed.length > failures;
      failures = this.#failed.length;
      const last = this.#answered.at(-1);
      if (failures === 0 || isFailing || last === undefined) return undefined;
      const first = this.#answered.find((each) => each.at > this.#lastFailureAt);
      return first && first.at + first.tookMs - at;
    };
    const found = await pollUntil(look, { clock: systemClock, everyMs: 500, deadlineMs: 120_000 });
    if (found !== undefined) return found;
    throw new Error(`Requests were not answered again: ${this.#failed.slice(-3).join('; ')}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#stop.signal.aborted) await this.end();
  }

  async #run(): Promise<void> {
    const open = new Set<Promise<void>>();
    while (!this.#stop.signal.aborted) {
      const asked = this.#ask().finally(() => open.delete(asked));
      open.add(asked);
      await systemClock.sleep(20);
    }
    await Promise.all(open);
  }

  async #ask(): Promise<void> {
    const at = systemClock.now().getTime();
    const when = systemClock.now().toISOString();
    try {
      const { statusCode, body } = await request(this.#url, { dispatcher: this.#agent });
      const text = await body.text();
      if (statusCode !== 200) this.#fail(at, `${when} ${statusCode}`);
      else
        this.#answered.push({
          at,
          tookMs: systemClock.now().getTime() - at,
          ...(JSON.parse(text) as { host: string; version: string }),
        });
    } catch (error) {
      this.#fail(at, `${when} ${String(error)}`);
    }
  }

  #fail(at: number, what: string): void {
    this.#failed.push(what);
    this.#lastFailureAt = Math.max(this.#lastFailureAt, at);
  }
}

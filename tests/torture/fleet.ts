import { systemClock } from '@trencadis/clock';
import { PlatformError, isPlatformError } from '@trencadis/errors';
import { type InfrastructureClient, createInfrastructureClient } from '@trencadis/infrastructure/client';
import { type PlatformPlace, PlatformProcess } from './platform-process.ts';

const requestTimeoutMs = 60_000;
/** How long a request is asked again while no process answers. */
const outageDeadlineMs = 180_000;
const retryMs = 50;

/** Some processes of the platform that share the work; each may be killed at any time, and another takes its place. */
export class Fleet implements AsyncDisposable {
  readonly #place: PlatformPlace;
  readonly #token: string;
  readonly #processes: PlatformProcess[];
  readonly #clients = new Map<string, InfrastructureClient>();

  constructor(place: PlatformPlace, token: string, size: number) {
    this.#place = place;
    this.#token = token;
    this.#processes = Array.from({ length: size }, () => PlatformProcess.start(place));
  }

  process(index: number): PlatformProcess {
    const found = this.#processes[index];
    if (found === undefined) throw new RangeError(`there is no process ${index}`);
    return found;
  }

  /** Kills that process and starts another in its place. */
  async replace(index: number): Promise<void> {
    const { url } = this.process(index);
    await this.process(index).kill();
    if (url !== undefined) await this.#forget(url);
    this.#processes[index] = PlatformProcess.start(this.#place);
  }

  /** Asks any process that serves, and another one when it is gone before it has answered. */
  async ask<Answer>(request: (client: InfrastructureClient) => Promise<Answer>): Promise<Answer> {
    const end = systemClock.now().getTime() + outageDeadlineMs;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await request(this.#anyClient(attempt));
      } catch (error) {
        if (!isPlatformError(error, 'unavailable') || systemClock.now().getTime() > end) throw error;
        await systemClock.sleep(retryMs);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((each) => each.kill()));
    await Promise.all([...this.#clients.keys()].map((url) => this.#forget(url)));
  }

  #anyClient(attempt: number): InfrastructureClient {
    const serving = this.#processes.flatMap(({ url, isAlive }) =>
      isAlive && url !== undefined ? [url] : [],
    );
    const url = serving[attempt % serving.length];
    if (url === undefined) throw new PlatformError('unavailable', 'No process serves right now.');
    const client =
      this.#clients.get(url) ??
      createInfrastructureClient({ baseUrl: url, token: this.#token, timeoutMs: requestTimeoutMs });
    this.#clients.set(url, client);
    return client;
  }

  async #forget(url: string): Promise<void> {
    await this.#clients.get(url)?.[Symbol.asyncDispose]();
    this.#clients.delete(url);
  }
}

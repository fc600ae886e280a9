import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';

const freeFailures = 5;
const longestWaitMs = 300_000;
const longestQueue = 20;
/** Names that are remembered; the oldest is forgotten first. */
const rememberedNames = 10_000;

interface Attempts {
  failures: number;
  notBefore: number;
  waiting: number;
  last: Promise<unknown>;
}

/**
 * Slows down guessing: after five failures in a row for a name, known or not, each further attempt must wait twice as
 * long as the one before, up to five minutes. Attempts for one name run one after the other, so that many at once
 * gain nothing. Of one process.
 */
export class AttemptThrottle {
  readonly #clock: Clock;
  readonly #attempts = new Map<string, Attempts>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The check's answer, `undefined` when it failed; throws `unauthenticated` when the attempt comes too early. */
  async attempt<Answer>(name: string, check: () => Promise<Answer | undefined>): Promise<Answer | undefined> {
    const attempts = this.#of(name);
    if (attempts.waiting >= longestQueue) throw tooMany(name, 1);
    attempts.waiting += 1;
    const answer = attempts.last.then(() => this.#checkNow(name, attempts, check));
    attempts.last = answer.catch(() => undefined);
    try {
      return await answer;
    } finally {
      attempts.waiting -= 1;
      if (attempts.waiting === 0 && attempts.failures === 0) this.#attempts.delete(name);
    }
  }

  async #checkNow<Answer>(
    name: string,
    attempts: Attempts,
    check: () => Promise<Answer | undefined>,
  ): Promise<Answer | undefined> {
    const waitMs = attempts.notBefore - this.#clock.now().getTime();
    if (waitMs > 0) throw tooMany(name, Math.ceil(waitMs / 1000));
    const answer = await check();
    attempts.failures = answer === undefined ? attempts.failures + 1 : 0;
    const excess = attempts.failures - freeFailures;
    const nextWaitMs = excess < 0 ? 0 : Math.min(1000 * 2 ** excess, longestWaitMs);
    attempts.notBefore = this.#clock.now().getTime() + nextWaitMs;
    return answer;
  }

  #of(name: string): Attempts {
    const known = this.#attempts.get(name);
    const attempts = known ?? { failures: 0, notBefore: 0, waiting: 0, last: Promise.resolve() };
    this.#attempts.delete(name);
    this.#attempts.set(name, attempts);
    const [oldest] = this.#attempts.keys();
    if (this.#attempts.size > rememberedNames && oldest !== undefined) this.#attempts.delete(oldest);
    return attempts;
  }
}

function tooMany(name: string, seconds: number): PlatformError {
  const message = `Too many attempts failed; try again in ${seconds} s.`;
  return new PlatformError('unauthenticated', message, { subject: name });
}

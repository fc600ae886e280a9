import type { BalancerHost } from '@trencadis/availability';
import type { Clock } from '@trencadis/clock';
import { isPlatformError } from '@trencadis/errors';
import { noHostAnswers } from './errors.ts';
import { HostLink } from './host-link.ts';
import type { HostView } from './host-view.ts';
import { type HostRecord, emptyRecord, isNewer } from './record.ts';

export interface SeenHost {
  readonly link: HostLink;
  readonly view: HostView;
}

/** How long one that answers waits for the other, and for one that did not answer the last time. */
const peerGraceMs = 1500;
const lostGraceMs = 50;

/** The one or two hosts of a balancer. One that does not answer is left out, and caught up once it does. */
export class HostGroup {
  readonly hosts: readonly BalancerHost[];
  readonly #links: readonly HostLink[];
  readonly #clock: Clock;
  readonly #asked = new Map<HostLink, Promise<SeenHost>>();
  readonly #lost = new Set<HostLink>();
  /** What all hosts were like when they were seen last; empty where one was not. */
  latest: readonly SeenHost[] = [];

  constructor(hosts: readonly BalancerHost[], clock: Clock) {
    this.hosts = hosts;
    this.#links = hosts.map((host) => new HostLink(host));
    this.#clock = clock;
  }

  /** Those that answer, in the order given; `unavailable` where none does. */
  async look(signal: AbortSignal): Promise<readonly SeenHost[]> {
    signal.throwIfAborted();
    const asked = this.#links.map((link) => this.#ask(link));
    const everyone = Promise.allSettled(asked);
    await untilAborted(Promise.race([Promise.any(asked).catch(() => undefined), everyone]), signal);
    const graceMs = this.#lost.size > 0 ? lostGraceMs : peerGraceMs;
    const late = new AbortController();
    const grace = this.#clock.sleep(graceMs, late.signal).catch(() => undefined);
    await untilAborted(Promise.race([everyone, grace]), signal).finally(() => late.abort());
    const seen = await this.#answered(asked);
    this.latest = seen.length === this.hosts.length ? seen : [];
    return seen;
  }

  async #answered(asked: readonly Promise<SeenHost>[]): Promise<readonly SeenHost[]> {
    const silent = Symbol('silent');
    const settled = await Promise.allSettled(
      asked.map((answer) => Promise.race([answer, Promise.resolve(silent)])),
    );
    const reasons = settled.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    const grave = reasons.find((reason) => !isPlatformError(reason, 'unavailable'));
    if (grave !== undefined) throw grave;
    const seen = settled.flatMap((result) =>
      result.status === 'fulfilled' && typeof result.value !== 'symbol' ? [result.value] : [],
    );
    for (const link of this.#links) {
      if (seen.some((one) => one.link === link)) this.#lost.delete(link);
      else this.#lost.add(link);
    }
    if (seen.length === 0) throw noHostAnswers(reasons);
    return seen;
  }

  /** A host that hangs is asked once at a time, and not by each call anew. */
  #ask(link: HostLink): Promise<SeenHost> {
    const running = this.#asked.get(link);
    if (running !== undefined && this.#lost.has(link)) return running;
    const answer = link.look(AbortSignal.timeout(15_000)).then((view) => {
      // Also after nobody waited for it any more: then the next call does.
      this.#lost.delete(link);
      return { link, view };
    }, passOn);
    this.#asked.set(link, answer);
    const forget = (): void => {
      if (this.#asked.get(link) === answer) this.#asked.delete(link);
    };
    answer.then(forget, forget);
    return answer;
  }
}

/** A time that is over is a host that does not answer. */
function passOn(error: unknown): never {
  throw error instanceof DOMException ? noHostAnswers([error]) : error;
}

async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** What holds, as far as the hosts that answer know. */
export function newestRecord(seen: readonly SeenHost[]): HostRecord {
  return seen.reduce<HostRecord>(
    (newest, { view }) => (isNewer(view.record, newest) ? view.record : newest),
    emptyRecord,
  );
}

import type { Clock } from '@trencadis/clock';
import { isPlatformError } from '@trencadis/errors';
import { newUuid, sha256OfText } from '@trencadis/ids';
import { KeyedMutex } from '@trencadis/mutex';
import type { RecordChange } from './change-record.ts';
import { neverSettled } from './errors.ts';
import { type HostGroup, type SeenHost, newestRecord } from './host-group.ts';
import { type Wish, isDone, planHost } from './plan-host.ts';
import { type HostRecord, balancersOf } from './record.ts';
import { certificatePath } from './paths.ts';

const mostTurns = 12;
const turnMs = 30;

export interface Kept {
  readonly record: HostRecord;
  readonly seen: readonly SeenHost[];
}

interface Outcome {
  readonly kept: Kept;
  /** Changes that cannot be made, with why. */
  readonly refused: ReadonlyMap<Waiting, unknown>;
}

interface Waiting {
  readonly change: RecordChange;
  readonly resolve: (kept: Kept) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Changes what is recorded at the hosts, and brings HAProxy there to what is recorded. Changes that come while others are
 * brought in are brought in together. Other processes may do the same: a change is made only to the version that was
 * read, at the first host before the second.
 */
export class Keeper {
  readonly #group: HostGroup;
  readonly #clock: Clock;
  readonly #mutex = new KeyedMutex();
  #waiting: Waiting[] = [];
  /** Of certificates that were asked for in this process. */
  readonly #certificates = new Map<string, string>();

  constructor(group: HostGroup, clock: Clock) {
    this.#group = group;
    this.#clock = clock;
  }

  /** Resolves once it is brought in everywhere where a host answers. */
  async change(
    change: RecordChange,
    signal: AbortSignal,
    certificates = new Map<string, string>(),
  ): Promise<Kept> {
    signal.throwIfAborted();
    for (const [path, content] of certificates) this.#certificates.set(path, content);
    const { promise, resolve, reject } = Promise.withResolvers<Kept>();
    const waiting: Waiting = { change, resolve, reject };
    const abort = (): void => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    this.#waiting.push(waiting);
    void this.#mutex.run('hosts', () => this.#bringInAll());
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async #bringInAll(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length === 0) return;
    try {
      const { kept, refused } = await this.#bringIn(batch);
      for (const waiting of batch) {
        if (refused.has(waiting)) waiting.reject(refused.get(waiting));
        else waiting.resolve(kept);
      }
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    }
  }

  async #bringIn(batch: readonly Waiting[]): Promise<Outcome> {
    // Not a caller's: what several asked for together does not end with one of them.
    const signal = AbortSignal.timeout(120_000);
    const quick = await this.#bringInQuickly(batch, signal);
    if (quick !== undefined) return quick;
    for (let turn = 0; turn < mostTurns; turn += 1) {
      const seen = await this.#group.look(signal);
      const { record, refused } = nextRecord(newestRecord(seen), batch);
      const kept = await this.#bringTo(record, seen, signal);
      if (kept !== undefined) return { kept: { record, seen: kept }, refused };
      await this.#clock.sleep(turnMs * (turn + 1), signal);
    }
    throw neverSettled(this.#group.hosts.map(({ name }) => name).join(', '));
  }

  /**
   * Without looking first: a change is made to what was seen last, and refused at the host if that is not there any
   * more. Where nothing would be changed, nothing would be asked, and what was seen last may be long ago.
   */
  async #bringInQuickly(batch: readonly Waiting[], signal: AbortSignal): Promise<Outcome | undefined> {
    const seen = this.#group.latest;
    const old = newestRecord(seen);
    const { record, refused } = nextRecord(old, batch);
    if (seen.length === 0 || record === old || refused.size > 0) return undefined;
    try {
      const kept = await this.#bringTo(record, seen, signal);
      return kept?.length === seen.length ? { kept: { record, seen: kept }, refused } : undefined;
    } catch (error) {
      if (isPlatformError(error, 'unavailable')) return undefined;
      throw error;
    }
  }

  /** Absent: another process was faster. */
  async #bringTo(
    record: HostRecord,
    seen: readonly SeenHost[],
    signal: AbortSignal,
  ): Promise<readonly SeenHost[] | undefined> {
    await this.#findCertificates(record, seen, signal);
    const wish: Wish = { record, certificates: this.#certificates, hosts: this.#group.hosts };
    const kept: SeenHost[] = [];
    const failures: unknown[] = [];
    for (const one of seen) {
      try {
        const brought = await this.#bringHostTo(wish, one, signal);
        if (brought === undefined) return undefined;
        kept.push(brought);
      } catch (error) {
        // The other one goes on without it, and it is caught up later.
        if (!isPlatformError(error, 'unavailable')) throw error;
        failures.push(error);
      }
    }
    if (kept.length === 0) throw failures[0];
    this.#group.latest = kept.length === this.#group.hosts.length ? kept : [];
    return kept;
  }

  async #bringHostTo(wish: Wish, seen: SeenHost, signal: AbortSignal): Promise<SeenHost | undefined> {
    const { link } = seen;
    let { view } = seen;
    for (let turn = 0; turn < mostTurns; turn += 1) {
      const plan = planHost(wish, link.host, view);
      if (isDone(plan, view)) return { link, view };
      const before = view.version;
      view = await link.commit(plan, before, signal);
      if (view.isRefused) return undefined;
    }
    throw neverSettled(link.host.name);
  }

  /** One host gives what another lacks, or itself, when its HAProxy was stopped. */
  async #findCertificates(record: HostRecord, seen: readonly SeenHost[], signal: AbortSignal): Promise<void> {
    for (const [path, digest] of wantedCertificates(record)) {
      const content = this.#certificates.get(path);
      if (content !== undefined && sha256OfText(content) === digest) continue;
      this.#certificates.delete(path);
      for (const { link } of seen) {
        const found = await link.readCertificate(path, signal);
        if (found !== undefined && sha256OfText(found) === digest) this.#certificates.set(path, found);
      }
    }
  }
}

function wantedCertificates(record: HostRecord): readonly (readonly [string, string])[] {
  return balancersOf(record).flatMap(({ name, frontends }) =>
    frontends.flatMap(({ name: frontend, certificate }) =>
      certificate === undefined ? [] : [[certificatePath(name, frontend), certificate.digest] as const],
    ),
  );
}

/** With every change that can be made. */
function nextRecord(
  record: HostRecord,
  batch: readonly Waiting[],
): { readonly record: HostRecord; readonly refused: ReadonlyMap<Waiting, unknown> } {
  const refused = new Map<Waiting, unknown>();
  let next = record;
  for (const waiting of batch) {
    try {
      next = waiting.change(next);
    } catch (error) {
      refused.set(waiting, error);
    }
  }
  const isSame = next === record;
  return {
    record: isSame ? record : { ...next, version: record.version + 1, id: newUuid().slice(0, 8) },
    refused,
  };
}

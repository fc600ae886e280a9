import { later } from '@trencadis/clock';
import { isPlatformError } from '@trencadis/errors';
import { sha256OfText } from '@trencadis/ids';
import type { AttentionClaim } from './attention-store.ts';
import { reconcile } from './reconcile.ts';
import type { ReconcilerParts } from './reconciler-parts.ts';

export interface ReconcilerOptions {
  /** Between two looks at an infrastructure whose document has VMs repaired. Default 10 s. */
  readonly intervalMs?: number;
  /** Infrastructures that are looked at side by side. Default 8. */
  readonly concurrency?: number;
}

/** Runs for ever, in every process of the platform; each infrastructure is looked at by one of them at a time. */
export interface Reconciler {
  start(): void;
  /** Looks at all that is due now, and resolves when that is done. */
  look(): Promise<void>;
  /** Stops in the middle of what runs; another process, or the next one, looks again. */
  close(): Promise<void>;
}

const pollMs = 500;
const leaseMs = 60_000;
/** Ends before the lease does. */
const lookTimeoutMs = 50_000;
const conflictWaitMs = 5_000;
const troubleWaitMs = 30_000;

export function createReconciler(parts: ReconcilerParts, options: ReconcilerOptions = {}): Reconciler {
  const rounds = new Rounds(parts, options);
  const closing = new AbortController();
  let loop: Promise<void> | undefined;
  return {
    start: () => {
      loop ??= rounds.runUntil(closing.signal);
    },
    look: async () => {
      await rounds.begin(closing.signal);
      await rounds.settled();
    },
    close: async () => {
      closing.abort(new Error('The platform is closing.'));
      await loop;
      await rounds.settled();
    },
  };
}

class Rounds {
  readonly #parts: ReconcilerParts;
  readonly #intervalMs: number;
  readonly #concurrency: number;
  readonly #looks = new Set<Promise<void>>();

  constructor(parts: ReconcilerParts, { intervalMs = 10_000, concurrency = 8 }: ReconcilerOptions) {
    this.#parts = parts;
    this.#intervalMs = intervalMs;
    this.#concurrency = concurrency;
  }

  async runUntil(closing: AbortSignal): Promise<void> {
    const { log } = this.#parts;
    for (let waitMs = 0; await this.#isOpenAfter(waitMs, closing);) {
      try {
        await this.begin(closing);
        waitMs = pollMs;
      } catch (error) {
        log.warn({ error }, 'the reconciler could not read what is due; it tries again');
        waitMs = troubleWaitMs;
      }
    }
  }

  async #isOpenAfter(waitMs: number, closing: AbortSignal): Promise<boolean> {
    try {
      await this.#parts.world.clock.sleep(waitMs, closing);
      return true;
    } catch (error) {
      if (closing.aborted) return false;
      throw error;
    }
  }

  /** Begins as many looks as there is room for. */
  async begin(closing: AbortSignal): Promise<void> {
    const { store, clock } = this.#parts.world;
    const room = this.#concurrency - this.#looks.size;
    if (room <= 0) return;
    for (const claim of await store.claimDue(clock.now(), leaseMs, room)) {
      const look = this.#look(claim, closing).finally(() => this.#looks.delete(look));
      this.#looks.add(look);
    }
  }

  async settled(): Promise<void> {
    await Promise.all(this.#looks);
  }

  /** What fails with one infrastructure is no other one's: this is the edge of a look, as the saga runner is of a step. */
  async #look(claim: AttentionClaim, closing: AbortSignal): Promise<void> {
    const { world, log } = this.#parts;
    const { id } = claim;
    try {
      const next = await this.#nextLook(claim, closing);
      await world.store.settleAttention(claim, next && this.#jittered(claim, next));
    } catch (error) {
      // The lease ends by itself.
      if (!closing.aborted) log.warn({ infrastructureId: id, error }, 'a look could not be settled');
    }
  }

  async #nextLook({ id }: AttentionClaim, closing: AbortSignal): Promise<Date | undefined> {
    const { world, log } = this.#parts;
    const signal = AbortSignal.any([closing, AbortSignal.timeout(lookTimeoutMs)]);
    try {
      return await reconcile(this.#parts, id, { intervalMs: this.#intervalMs, signal });
    } catch (error) {
      if (closing.aborted) throw error;
      log.warn(
        { infrastructureId: id, error },
        'an infrastructure could not be looked at; nothing was changed',
      );
      // Somebody else was at it at the same moment, or it changed under our hands.
      const waitMs = isPlatformError(error, 'conflict') ? conflictWaitMs : troubleWaitMs;
      return later(world.clock.now(), waitMs);
    }
  }

  /** Up to a tenth later, so that those that began together do not stay together. */
  #jittered({ id, until }: AttentionClaim, next: Date): Date {
    const waitMs = Math.max(0, next.getTime() - this.#parts.world.clock.now().getTime());
    const share = Number.parseInt(sha256OfText(`${id} ${until.getTime()}`).slice(0, 8), 16) / 2 ** 32;
    return later(next, Math.min(waitMs, this.#intervalMs) * 0.1 * share);
  }
}

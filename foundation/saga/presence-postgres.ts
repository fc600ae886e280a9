import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { Log } from '@trencadis/log';
import type { Database } from '@trencadis/postgres';
import { isServerDown } from './outage.ts';
import { parseHead } from './head-channel.ts';
import { type PresenceConnection, openPresenceConnection } from './presence-connection.ts';
import type { Presence, PresenceHandlers } from './presence.ts';

export interface PostgresPresenceOptions {
  readonly db: Database;
  readonly executorId: string;
  readonly clock: Clock;
  readonly log: Log;
}

const lookEveryMs = 1_000;
/** How long peers see a lock free before they take over: its owner may only be reconnecting. */
const adoptAfterMs = 2_000;
/** How long the owner tries to reconnect before it halts what it runs: less than its peers wait. */
const haltAfterMs = 1_500;
const reconnectEveryMs = 100;
/** A process of this name that has just been killed may need a moment to be gone. */
const joinDeadlineMs = 5_000;

/**
 * A process is alive while one connection of it holds the advisory lock of its name. The same connection hears of
 * changes (LISTEN) and looks for dead peers.
 */
export function createPostgresPresence(options: PostgresPresenceOptions): Presence {
  return new PostgresPresence(options);
}

class PostgresPresence implements Presence {
  readonly #options: PostgresPresenceOptions;
  readonly #closing = new AbortController();
  /** When each lock of a peer was first seen free, in ms. */
  readonly #freeSince = new Map<string, number>();
  #handlers: PresenceHandlers | undefined;
  #connection: PresenceConnection | undefined;
  #watching: Promise<void> = Promise.resolve();
  #ticking: Promise<void> | undefined;
  /** Whether what runs here was halted because the lock was gone. */
  #isLost = false;

  constructor(options: PostgresPresenceOptions) {
    this.#options = options;
  }

  async join(handlers: PresenceHandlers): Promise<void> {
    const { clock, executorId } = this.#options;
    this.#handlers = handlers;
    const end = this.#now() + joinDeadlineMs;
    while (!(await this.#connect())) {
      if (this.#now() > end) {
        throw new PlatformError(
          'conflict',
          `Another process runs as executor '${executorId}': give this one another name.`,
          { subject: executorId },
        );
      }
      await clock.sleep(reconnectEveryMs);
    }
  }

  async watch(): Promise<void> {
    // Nobody has been seen before: whose lock is free now is not waited for.
    await this.#look(0);
    this.#watching = this.#watch();
  }

  async leave(): Promise<void> {
    this.#closing.abort();
    await this.#watching;
    await this.#ticking;
    this.#connection?.close();
  }

  async #watch(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        await this.#goOn();
        await this.#sleep(lookEveryMs, this.#connection?.cut);
        await this.#look(adoptAfterMs);
        this.#tick();
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        this.#options.log.warn({ error }, 'the connection that proves this process alive was lost');
        await this.#reconnect();
      }
    }
  }

  async #look(minFreeMs: number): Promise<void> {
    const free = await this.#connection?.listFreeLocks();
    const known = new Map(this.#freeSince);
    this.#freeSince.clear();
    for (const executorId of free ?? []) {
      const since = known.get(executorId) ?? this.#now();
      this.#freeSince.set(executorId, since);
      if (this.#now() - since < minFreeMs) continue;
      const giveOn = async () => this.#handlers?.onPeerDied(executorId);
      const isBuried = await this.#connection?.bury(executorId, giveOn);
      if (isBuried) this.#options.log.info({ executorId }, 'took over the work of a process that died');
    }
  }

  /** Beside the looks, which must not wait for it. */
  #tick(): void {
    this.#ticking ??= this.#tickNow().finally(() => (this.#ticking = undefined));
  }

  async #tickNow(): Promise<void> {
    try {
      await this.#handlers?.onTick();
    } catch (error) {
      this.#options.log.warn({ error }, 'looking after the running plans failed; again in a second');
    }
  }

  /** Halts what runs when it takes so long that peers could take over. */
  async #reconnect(): Promise<void> {
    this.#connection?.close();
    this.#connection = undefined;
    let safeAtMs = this.#now();
    while (!this.#closing.signal.aborted) {
      const state = await this.#tryToConnect();
      if (state === 'connected') return;
      // A server that is down for us serves no peer either.
      if (state === 'server-down') safeAtMs = this.#now();
      if (!this.#isLost && this.#now() - safeAtMs > haltAfterMs) {
        this.#isLost = true;
        this.#handlers?.onLost();
      }
      await this.#sleep(reconnectEveryMs);
    }
  }

  async #goOn(): Promise<void> {
    if (!this.#isLost) return;
    await this.#handlers?.onRegained();
    this.#isLost = false;
  }

  async #tryToConnect(): Promise<'connected' | 'server-down' | 'away'> {
    try {
      return (await this.#connect()) ? 'connected' : 'away';
    } catch (error) {
      this.#options.log.debug({ error }, 'not connected yet');
      return isServerDown(error) ? 'server-down' : 'away';
    }
  }

  async #connect(): Promise<boolean> {
    const { db, executorId } = this.#options;
    this.#connection = await openPresenceConnection(db.pool, executorId, (payload) =>
      this.#handlers?.onChange(parseHead(payload)),
    );
    return this.#connection !== undefined;
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }

  /** Shorter when the runner closes or the connection is cut. */
  async #sleep(ms: number, cut?: AbortSignal): Promise<void> {
    const signals = cut === undefined ? [this.#closing.signal] : [this.#closing.signal, cut];
    try {
      await this.#options.clock.sleep(ms, AbortSignal.any(signals));
    } catch (error) {
      if (!signals.some(({ aborted }) => aborted)) throw error;
    }
  }
}

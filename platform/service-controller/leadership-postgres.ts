import type { Clock } from '@trencadis/clock';
import type { Database } from '@trencadis/postgres';
import { type ControlMessage, parseControlMessage } from './control-message.ts';
import type { ControllerLog } from './controller-parts.ts';
import { type LeaderConnection, controlChannel, openLeaderConnection } from './leader-connection.ts';
import type { Leadership, LeadingWork } from './leadership.ts';

export interface PostgresLeadershipOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: ControllerLog;
}

/** How soon another process takes over, and how soon a lost connection is noticed. */
const lookEveryMs = 1_000;

/** The leader is who holds an advisory lock of the session: PostgreSQL frees it when the process dies. */
export function createPostgresLeadership(options: PostgresLeadershipOptions): Leadership {
  return new PostgresLeadership(options);
}

class PostgresLeadership implements Leadership {
  readonly #options: PostgresLeadershipOptions;
  /** Of this process, while it leads. */
  #leading: LeadingWork | undefined;

  constructor(options: PostgresLeadershipOptions) {
    this.#options = options;
  }

  async run(work: LeadingWork, closing: AbortSignal): Promise<void> {
    const { log } = this.#options;
    while (!closing.aborted) {
      try {
        const connection = await openLeaderConnection(this.#options.database.pool, (text) =>
          this.#hear(work, text),
        );
        if (connection !== undefined) await this.#lead(work, connection, closing);
      } catch (error) {
        if (!closing.aborted) log.warn({ error }, 'services are not kept here: the database does not answer');
      }
      await this.#sleep(closing);
    }
  }

  async tell(message: ControlMessage): Promise<void> {
    if (this.#leading !== undefined) return this.#leading.onMessage(message);
    const { pool } = this.#options.database;
    await pool.query('select pg_notify($1, $2)', [controlChannel, JSON.stringify(message)]);
  }

  #hear(work: LeadingWork, text: string): void {
    const message = parseControlMessage(text);
    if (message !== undefined) work.onMessage(message);
  }

  async #lead(work: LeadingWork, connection: LeaderConnection, closing: AbortSignal): Promise<void> {
    const { log } = this.#options;
    const stop = new AbortController();
    log.info({}, 'this process keeps the services from now on');
    this.#leading = work;
    const work$ = work.lead(stop.signal);
    try {
      while (!closing.aborted) {
        await this.#sleep(closing, connection.cut);
        if (!closing.aborted) await connection.prove();
      }
    } finally {
      this.#leading = undefined;
      stop.abort(new Error('This process no longer keeps the services.'));
      await work$.finally(() => connection.close());
    }
  }

  /** Shorter when the process closes or the connection is cut. */
  async #sleep(...signals: readonly AbortSignal[]): Promise<void> {
    try {
      await this.#options.clock.sleep(lookEveryMs, AbortSignal.any([...signals]));
    } catch (error) {
      if (!signals.some(({ aborted }) => aborted)) throw error;
    }
  }
}

import type { Database } from '@trencadis/postgres';
import { headChannel } from './head-channel.ts';

/** The first of the two numbers of our advisory locks; the second is the hash of the executor's id, or 0. */
export const lockSpace = 0x7361_6761;
/** A server that has not answered by then counts as gone. */
const answerDeadlineMs = 3_000;

/** One connection that holds the lock of this executor as long as it lives. */
export interface PresenceConnection {
  /** Aborted when the connection is cut. */
  readonly cut: AbortSignal;
  /** The other executors that nobody holds the lock of. */
  listFreeLocks(): Promise<readonly string[]>;
  /** Forgets a dead executor, once `giveOn` has given its work on; false when it lives or a peer was faster. */
  bury(executorId: string, giveOn: () => Promise<unknown>): Promise<boolean>;
  close(): void;
}

type Pool = Database['pool'];
type Client = Awaited<ReturnType<typeof checkOut>>;

/** Undefined when another connection holds the lock of that executor. */
export async function openPresenceConnection(
  pool: Pool,
  executorId: string,
  onNotify: (payload: string) => void,
): Promise<PresenceConnection | undefined> {
  const client = await checkOut(pool);
  const cut = new AbortController();
  const fail = (error?: Error) => cut.abort(error ?? new Error('The database closed the connection.'));
  client.on('error', fail);
  client.on('end', fail);
  client.on('notification', ({ payload = '' }) => onNotify(payload));
  const connection = new Connection(client, executorId, cut);
  try {
    if (await connection.lock()) return connection;
  } catch (error) {
    client.release(true);
    throw error;
  }
  connection.close();
  return undefined;
}

function checkOut(pool: Pool) {
  return pool.connect();
}

class Connection implements PresenceConnection {
  readonly #client: Client;
  readonly #executorId: string;
  readonly #cut: AbortController;

  constructor(client: Client, executorId: string, cut: AbortController) {
    this.#client = client;
    this.#executorId = executorId;
    this.#cut = cut;
  }

  get cut(): AbortSignal {
    return this.#cut.signal;
  }

  async lock(): Promise<boolean> {
    // So that the server finds out within seconds when this whole machine is gone.
    await this.#query('set tcp_keepalives_idle = 5');
    await this.#query('set tcp_keepalives_interval = 2');
    await this.#query('set tcp_keepalives_count = 3');
    const [row] = await this.#query('select pg_try_advisory_lock($1, hashtext($2)) as is_held', [
      lockSpace,
      this.#executorId,
    ]);
    if (row?.['is_held'] !== true) return false;
    await this.#query('insert into saga_executor values ($1) on conflict do nothing', [this.#executorId]);
    await this.#query(`listen ${headChannel}`);
    return true;
  }

  async listFreeLocks(): Promise<readonly string[]> {
    const rows = await this.#query(
      `select executor_id from saga_executor
       where executor_id <> $2 and pg_try_advisory_xact_lock($1, hashtext(executor_id))`,
      [lockSpace, this.#executorId],
    );
    return rows.map((row) => String(row['executor_id']));
  }

  async bury(executorId: string, giveOn: () => Promise<unknown>): Promise<boolean> {
    await this.#query('begin');
    try {
      const buried = await this.#query(
        `delete from saga_executor
         where executor_id = $2 and pg_try_advisory_xact_lock($1, hashtext($2)) returning executor_id`,
        [lockSpace, executorId],
      );
      if (buried.length > 0) await giveOn();
      await this.#query('commit');
      return buried.length > 0;
    } catch (error) {
      await this.#query('rollback');
      throw error;
    }
  }

  close(): void {
    this.#client.release(true);
  }

  async #query(text: string, values: unknown[] = []): Promise<readonly Record<string, unknown>[]> {
    this.cut.throwIfAborted();
    const late = setTimeout(
      () => this.#cut.abort(new Error('The database does not answer.')),
      answerDeadlineMs,
    );
    const { promise: whenCut, reject } = Promise.withResolvers<never>();
    const fail = () => reject(this.cut.reason as Error);
    this.cut.addEventListener('abort', fail);
    try {
      const { rows } = await Promise.race([this.#client.query(text, values), whenCut]);
      return rows as Record<string, unknown>[];
    } finally {
      clearTimeout(late);
      this.cut.removeEventListener('abort', fail);
    }
  }
}

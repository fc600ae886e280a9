import type { Database } from '@trencadis/postgres';

/** Of our advisory locks: there is one leader. */
const lockSpace = 0x7376_6363;
export const controlChannel = 'service_control';
/** A server that has not answered by then counts as gone. */
const answerDeadlineMs = 3_000;

/** A connection that holds the leader's lock as long as it lives. */
export interface LeaderConnection {
  /** Aborted when the connection is cut. */
  readonly cut: AbortSignal;
  /** Throws unless the server still answers. */
  prove(): Promise<void>;
  close(): void;
}

type Pool = Database['pool'];
type Client = Awaited<ReturnType<typeof checkOut>>;

/** `undefined`: another process leads. */
export async function openLeaderConnection(
  pool: Pool,
  onNotify: (text: string) => void,
): Promise<LeaderConnection | undefined> {
  const client = await checkOut(pool);
  const cut = new AbortController();
  const fail = (error?: Error) => cut.abort(error ?? new Error('The database closed the connection.'));
  const hear = ({ payload = '' }: { readonly payload?: string | undefined }) => onNotify(payload);
  client.on('error', fail).on('end', fail).on('notification', hear);
  const ask = (text: string, values: unknown[] = []) => answered(client, cut, { text, values });
  try {
    const [row] = await ask('select pg_try_advisory_lock($1, 0) as is_held', [lockSpace]);
    if (row?.['is_held'] !== true) {
      client.off('error', fail).off('end', fail).off('notification', hear);
      client.release();
      return undefined;
    }
    // So that the server finds out within seconds when this whole machine is gone.
    await ask(
      'set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3',
      [],
    );
    await ask(`listen ${controlChannel}`);
  } catch (error) {
    client.release(true);
    throw error;
  }
  return {
    cut: cut.signal,
    prove: async () => void (await ask('select 1')),
    close: () => client.release(true),
  };
}

function checkOut(pool: Pool) {
  return pool.connect();
}

async function answered(
  client: Client,
  cut: AbortController,
  { text, values }: { readonly text: string; readonly values: unknown[] },
): Promise<readonly Record<string, unknown>[]> {
  cut.signal.throwIfAborted();
  const late = setTimeout(() => cut.abort(new Error('The database does not answer.')), answerDeadlineMs);
  const { promise: whenCut, reject } = Promise.withResolvers<never>();
  const fail = () => reject(cut.signal.reason as Error);
  cut.signal.addEventListener('abort', fail);
  try {
    const query = values.length === 0 ? client.query(text) : client.query(text, values);
    const { rows } = await Promise.race([query, whenCut]);
    return (rows ?? []) as Record<string, unknown>[];
  } finally {
    clearTimeout(late);
    cut.signal.removeEventListener('abort', fail);
  }
}

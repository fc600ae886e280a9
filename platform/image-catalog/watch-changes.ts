import type { Database } from '@trencadis/postgres';
import type { PoolClient } from 'pg';

export const channelName = 'trencadis_image_catalog';

/** Listens on a connection of its own. When that is lost nothing is heard any more; whoever polls misses nothing. */
export async function watchChanges(database: Database, onChange: () => void): Promise<AsyncDisposable> {
  const client: PoolClient = await database.pool.connect();
  let isLost = false;
  const release = (error?: Error): void => {
    if (isLost) return;
    isLost = true;
    client.release(error ?? true);
  };
  client.on('notification', onChange);
  client.on('error', release);
  await client.query(`listen ${channelName}`);
  return { [Symbol.asyncDispose]: async () => release() };
}

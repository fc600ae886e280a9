import type { Log } from '@trencadis/log';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';

/** The server at `databaseUrl` when one is configured (DATABASE_URL), else the embedded one in `directory`. */
export async function startPostgres(options: {
  readonly databaseUrl: string | undefined;
  readonly directory: string;
  readonly log: Log;
}): Promise<EmbeddedPostgres> {
  const { databaseUrl, directory, log } = options;
  if (databaseUrl === undefined) return startEmbeddedPostgres({ directory, log });
  return { url: databaseUrl, stop: () => Promise.resolve() };
}

import { readConfig, stateDirectory } from '@trencadis/config';
import { z } from 'zod';

const settingsSchema = z.object({
  /** Loopback unless told: who reaches the port still needs the token. */
  host: z.string().default('127.0.0.1'),
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  /** A server of yours instead of the embedded PostgreSQL. */
  databaseUrl: z.string().optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

export interface Settings extends z.output<typeof settingsSchema> {
  /** Where the platform keeps its files. */
  readonly home: string;
}

/** HOST, PORT, DATABASE_URL, LOG_LEVEL and TRENCADIS_HOME of the environment. */
export function readSettings(): Settings {
  return { ...readConfig(settingsSchema), home: stateDirectory() };
}

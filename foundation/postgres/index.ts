export { type Database, type ConnectOptions, connect, isUniqueViolation } from './connect.ts';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
  stopEmbeddedPostgres,
} from './embedded-postgres.ts';
export { type MigrateOptions, type Migration, migrate } from './migrate.ts';
export { startPostgres } from './start-postgres.ts';

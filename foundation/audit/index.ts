export type * from './model.ts';
export { auditApi } from './api.ts';
export { audited } from './audited.ts';
export { createMemoryAuditLog } from './log-memory.ts';
export { createPostgresAuditLog } from './log-postgres.ts';
export { auditMigrations } from './migrations.ts';
export { type AuditReader, auditHandlers } from './routes.ts';

import { type Client, type ClientOptions, createClient } from '@trencadis/http';
import { auditApi } from './api.ts';

export type { AuditEntryView } from './api.ts';

export type AuditClient = Client<typeof auditApi>;

/** The typed client of the audit log's API. */
export function createAuditClient(options: ClientOptions): AuditClient {
  return createClient(auditApi, options);
}

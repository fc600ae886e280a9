import { defineRoutes } from '@trencadis/http';
import { z } from 'zod';

const entrySchema = z.object({
  sequence: z.number(),
  at: z.iso.datetime(),
  actor: z.string(),
  act: z.string(),
  subject: z.object({ kind: z.string(), id: z.string() }),
  owner: z.string(),
  /** `done`, or an error's code. */
  outcome: z.string(),
  requestId: z.string().exactOptional(),
  detail: z.record(z.string(), z.unknown()),
});
export type AuditEntryView = z.output<typeof entrySchema>;

const text = z.string().min(1).max(400);

export const auditApi = defineRoutes({
  listAudit: {
    method: 'GET',
    path: '/api/audit',
    summary: 'What was done: of everything for admins, of what is theirs for others.',
    query: z.object({
      /** `kind/id`, such as `infrastructure/inf-abcdefgh`. */
      subject: text.regex(/^[^/]+\/./, 'is written kind/id').exactOptional(),
      actor: text.exactOptional(),
      since: z.iso.datetime({ offset: true }).exactOptional(),
      /** The first entries behind this sequence number; without it, the newest. */
      after: z.coerce.number().int().min(0).exactOptional(),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
    }),
    response: z.object({ entries: z.array(entrySchema).readonly() }),
    access: { right: 'audit.read' },
  },
});

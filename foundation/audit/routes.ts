import type { Handlers } from '@trencadis/http';
import type { AuditEntryView, auditApi } from './api.ts';
import type { AuditEntry, AuditLog } from './model.ts';

/** Admins read everything; others what is theirs, whoever did it. */
export interface AuditReader {
  readonly owner: string;
  readonly isAdmin: boolean;
}

export function auditHandlers(log: Pick<AuditLog, 'list'>): Handlers<typeof auditApi, AuditReader> {
  return {
    listAudit: async ({ query: { subject, since, ...query }, caller }) => {
      const entries = await log.list({
        ...query,
        ...(subject === undefined ? {} : { subject: subjectOf(subject) }),
        ...(since === undefined ? {} : { since: new Date(since) }),
        ...(caller.isAdmin ? {} : { owner: caller.owner }),
      });
      return { entries: entries.map(viewOf) };
    },
  };
}

function subjectOf(text: string) {
  const slash = text.indexOf('/');
  return { kind: text.slice(0, slash), id: text.slice(slash + 1) };
}

function viewOf({ at, ...entry }: AuditEntry): AuditEntryView {
  return { ...entry, at: at.toISOString() };
}

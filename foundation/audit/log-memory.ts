import type { Clock } from '@trencadis/clock';
import type { AuditEntry, AuditLog, AuditQuery } from './model.ts';

/** An {@link AuditLog} that lives as long as the process. */
export function createMemoryAuditLog(clock: Clock): AuditLog {
  const entries: AuditEntry[] = [];
  return {
    write: async ({ by, act, subject, owner, detail = {} }, outcome) => {
      const { owner: actor, requestId } = by;
      const told = { actor, act, subject, owner, outcome, detail };
      const request = requestId === undefined ? {} : { requestId };
      entries.push(structuredClone({ sequence: entries.length + 1, at: clock.now(), ...told, ...request }));
    },
    list: async (query) => {
      const found = entries.filter((entry) => isAsked(entry, query));
      const { after, limit } = query;
      const page = after === undefined ? found.slice(-limit) : found.slice(0, limit);
      return structuredClone(page);
    },
  };
}

function isAsked(entry: AuditEntry, { subject, actor, owner, since, after }: AuditQuery): boolean {
  return [
    subject === undefined || (entry.subject.kind === subject.kind && entry.subject.id === subject.id),
    actor === undefined || entry.actor === actor,
    owner === undefined || entry.owner === owner,
    since === undefined || entry.at >= since,
    after === undefined || entry.sequence > after,
  ].every(Boolean);
}

import type { ReplicaPhase, ReplicaRecord } from './model.ts';

/** A record while it is being judged: every field there, so that it is cheap to make and to compare. */
export interface ReplicaDraft {
  inServiceAt: number | undefined;
  failures: number;
  passes: number;
  unhealthy: { readonly since: number; readonly because: string } | undefined;
  offSince: number | undefined;
  waitsSince: number | undefined;
  phase: ReplicaPhase | undefined;
}

export function draftOf(record: ReplicaRecord | undefined): ReplicaDraft {
  return {
    inServiceAt: record?.inServiceAt,
    failures: record?.failures ?? 0,
    passes: record?.passes ?? 0,
    unhealthy: record?.unhealthy,
    offSince: record?.offSince,
    waitsSince: record?.waitsSince,
    phase: record?.phase,
  };
}

/** The record itself where nothing changed: a quiet group allocates little and is stored seldom. */
export function recordOf(draft: ReplicaDraft, before: ReplicaRecord | undefined, now: number): ReplicaRecord {
  if (before !== undefined && isSame(draft, before)) return before;
  const { failures, passes, ...optional } = draft;
  const record: ReplicaRecord = { since: before?.since ?? now, failures, passes };
  const flags = { isProtected: before?.isProtected, isStandby: before?.isStandby };
  return Object.assign(record, withoutUndefined({ ...optional, ...flags }));
}

function isSame(draft: ReplicaDraft, before: ReplicaRecord): boolean {
  return (
    draft.failures === before.failures &&
    draft.passes === before.passes &&
    draft.unhealthy === before.unhealthy &&
    isSameLife(draft, before)
  );
}

function isSameLife(draft: ReplicaDraft, before: ReplicaRecord): boolean {
  return (
    draft.inServiceAt === before.inServiceAt &&
    draft.offSince === before.offSince &&
    draft.waitsSince === before.waitsSince &&
    draft.phase === before.phase
  );
}

function withoutUndefined(fields: Readonly<Record<string, unknown>>): Partial<ReplicaRecord> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

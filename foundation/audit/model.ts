import type { ErrorCode } from '@trencadis/errors';

/** Who acts, and in which request. */
export interface Actor {
  readonly owner: string;
  readonly requestId?: string | undefined;
}

/** What an act was done to. */
export interface AuditSubject {
  /** `account`, `cloud`, `infrastructure`, ... */
  readonly kind: string;
  readonly id: string;
}

/** What else is worth knowing, as plain JSON. Never a secret: entries are shown, and cannot be taken back. */
export type AuditDetail = Readonly<Record<string, unknown>>;

/** An act as its doer tells it. */
export interface AuditedAct {
  readonly by: Actor;
  /** `account.create`, `cloud.remove`, ... */
  readonly act: string;
  readonly subject: AuditSubject;
  /** Whose thing the subject is: they may read the entry. */
  readonly owner: string;
  readonly detail?: AuditDetail;
}

export interface AuditEntry {
  /** Grows by time; where a reader goes on. */
  readonly sequence: number;
  readonly at: Date;
  readonly actor: string;
  readonly act: string;
  readonly subject: AuditSubject;
  readonly owner: string;
  /** `done`, or the code of the error with which the act ended. */
  readonly outcome: AuditOutcome;
  readonly requestId?: string;
  readonly detail: AuditDetail;
}

export type AuditOutcome = 'done' | ErrorCode;

export interface AuditQuery {
  readonly subject?: AuditSubject | undefined;
  readonly actor?: string | undefined;
  /** Only what is theirs. */
  readonly owner?: string | undefined;
  readonly since?: Date | undefined;
  /** The first entries behind this sequence number; without it, the newest. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** What was done, by whom and to what. Entries are added, and never changed or removed. */
export interface AuditLog {
  write(act: AuditedAct, outcome: AuditOutcome): Promise<void>;
  /** In the order in which they were written. */
  list(query: AuditQuery): Promise<readonly AuditEntry[]>;
}

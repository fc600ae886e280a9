import type { GroupEvent } from '@trencadis/availability';
import type { InfrastructureId } from '@trencadis/ids';
import type { GroupKey } from './fleet.ts';
import type { GroupRecord, StoredEvaluation, StoredEvent } from './group-record.ts';

/** How long evaluations and events are kept, by {@link ServiceStore.prune}. */
export interface Retention {
  /** Of each group, whatever they decided; 500. */
  readonly evaluations: number;
  /** Those that decided something; 7 days. */
  readonly decisionsMs: number;
  /** Of each group; 10,000. */
  readonly events: number;
}

export const retention: Retention = { evaluations: 500, decisionsMs: 7 * 24 * 3600_000, events: 10_000 };

export interface EvaluationQuery {
  /** The newest so many. */
  readonly limit: number;
  /** Only those that decided something. */
  readonly onlyDecisions?: boolean;
  /** Only those before that instant, ms since 1970. */
  readonly before?: number;
}

export interface EventQuery {
  /** Only those with a higher sequence. */
  readonly after?: number;
  /** The oldest so many after `after`, or the newest so many without it. */
  readonly limit: number;
}

/** Why what was done, for people. Of a group that is gone nothing is kept. */
export interface Notes {
  readonly evaluations?: readonly StoredEvaluation[];
  readonly events?: readonly (GroupKey & { readonly event: GroupEvent })[];
}

/** What the controller keeps: groups, and for people why it did what. */
export interface ServiceStore {
  findGroup(key: GroupKey): Promise<GroupRecord | undefined>;
  /** Of these infrastructures, or all. */
  listGroups(infrastructures?: readonly InfrastructureId[]): Promise<readonly GroupRecord[]>;
  /** With version 1. Is it there already: changes nothing. Answers what is stored then. */
  insertGroup(record: Omit<GroupRecord, 'version'>): Promise<GroupRecord>;
  /**
   * Stores those whose stored version is the one given, with a version one higher, all in one go. Answers the
   * {@link keyOf} of those that were stored: others were changed, or removed, by somebody else. The notes are added in
   * the same transaction, but for those about records that were not stored.
   */
  saveGroups(records: readonly GroupRecord[], notes?: Notes): Promise<ReadonlySet<string>>;
  /** With all that is kept of it. */
  removeGroup(key: GroupKey): Promise<void>;

  addNotes(notes: Notes): Promise<void>;
  /** Newest first. */
  listEvaluations(key: GroupKey, query: EvaluationQuery): Promise<readonly StoredEvaluation[]>;
  /** Oldest first. */
  listEvents(key: GroupKey, query: EventQuery): Promise<readonly StoredEvent[]>;
  prune(now: number, kept: Retention): Promise<void>;
}

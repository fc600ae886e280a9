import type { Eouid } from '@trencadis/ids';
import type { AuditEvent, ShareRecord, SigningKeyRecord } from './model.ts';

/** Where a Key Server keeps shares, its signing key and the audit. An unreachable database is `unavailable`. */
export interface KeyStore {
  /** Runs the work all or nothing: what it wrote is kept when it resolves, and gone when it rejects. */
  transaction<Result>(work: (transaction: KeyTransaction) => Promise<Result>): Promise<Result>;
  /** Throws `unavailable`, saying what is missing, unless the database is reachable and has its tables. */
  checkReady(): Promise<void>;
}

export interface KeyTransaction {
  findShare(eouid: Eouid): Promise<ShareRecord | undefined>;
  /** Answers false, and writes nothing, when there is a share of that object already. */
  insertShare(share: ShareRecord): Promise<boolean>;
  /** Replaces share id, share and MAC; answers false when the stored version is not the one before `share.version`. */
  updateShare(share: ShareRecord): Promise<boolean>;
  appendAudit(event: AuditEvent): Promise<void>;
  /** The signing key; `candidate` becomes it when there is none yet. All who ask get the same one. */
  keepSigningKey(candidate: SigningKeyRecord): Promise<SigningKeyRecord>;
  findSigningKey(): Promise<SigningKeyRecord | undefined>;
}

import type { Eouid } from '@trencadis/ids';

/** One share of an object's key, as this Key Server holds it: sealed. */
export interface ShareRecord {
  readonly eouid: Eouid;
  /** Which of the shares of the key this one is: 1 to 255. */
  readonly shareId: number;
  readonly sealedShare: string;
  /** HMAC-SHA-256 made by who split the key, as base64; lets a client detect a bad share. Opaque here. */
  readonly mac: string;
  /** Ascending, without repeats; at least one. Who holds one of them may get the share. */
  readonly ontologies: readonly number[];
  /** 1, and one more with each update. */
  readonly version: number;
  readonly ownerSubject: string;
  readonly ownerIssuer: string;
  readonly storedAt: Date;
}

/** What was asked and how it was decided. Holds no share and no MAC. */
export interface AuditEvent {
  readonly at: Date;
  readonly subject: string;
  readonly issuer: string;
  readonly operation: KeyOperation;
  /** Absent when the request was denied before its object was read. */
  readonly eouid?: Eouid;
  /** Those that the request named; none for an update. */
  readonly ontologies: readonly number[];
  readonly decision: Decision;
  readonly requestId: string;
}

export type Decision = 'allowed' | 'denied' | 'absent' | 'conflict';

/** The rights on an ontology, as they stand in a token's scopes: `key.read:/ontologies/5`. */
export type KeyOperation = 'key.write' | 'key.read' | 'key.update' | 'key.sign';

/** An Ed25519 key pair as JWKs, the private one sealed. */
export interface SigningKeyRecord {
  readonly publicJwk: Readonly<Record<string, unknown>>;
  readonly sealedPrivateJwk: string;
  readonly createdAt: Date;
}

import type { Eouid } from '@trencadis/ids';
import type { Database } from '@trencadis/postgres';
import { type Generated, type Kysely, type Transaction, sql } from 'kysely';
import type { AuditEvent, ShareRecord, SigningKeyRecord } from './model.ts';
import { translateDatabaseError } from './database-errors.ts';
import type { KeyStore, KeyTransaction } from './store.ts';

/** The tables of database.sql. */
interface KeyTables {
  key_shares: {
    eouid: string;
    share_id: number;
    sealed_share: string;
    mac: string;
    version: number;
    owner_subject: string;
    owner_issuer: string;
    stored_at: Date;
  };
  key_share_ontologies: { eouid: string; ontology: number };
  signing_keys: { name: string; public_jwk: unknown; sealed_private_jwk: string; created_at: Date };
  audit_events: {
    sequence: Generated<number>;
    at: Date;
    subject: string;
    issuer: string;
    operation: string;
    eouid: string | null;
    ontologies: readonly number[];
    decision: string;
    request_id: string;
  };
}

/** A key store in a PostgreSQL database to which database.sql was applied. */
export function createPostgresKeyStore(database: Database): KeyStore {
  const db = database.tables<KeyTables>();
  return {
    transaction: async (work) =>
      await translateDatabaseError(() => db.transaction().execute((tx) => work(transactionOf(tx)))),
    checkReady: async () => await translateDatabaseError(() => checkTables(db)),
  };
}

async function checkTables(db: Kysely<KeyTables>): Promise<void> {
  await sql`select from key_shares, key_share_ontologies, signing_keys limit 0`.execute(db);
  // The service may append to the audit and not read it.
  await sql`select 'audit_events'::regclass`.execute(db);
}

type Tx = Transaction<KeyTables>;

function transactionOf(tx: Tx): KeyTransaction {
  return {
    findShare: (eouid) => findShare(tx, eouid),
    insertShare: (share) => insertShare(tx, share),
    updateShare: (share) => updateShare(tx, share),
    appendAudit: (event) => appendAudit(tx, event),
    keepSigningKey: (candidate) => keepSigningKey(tx, candidate),
    findSigningKey: () => findSigningKey(tx),
  };
}

async function findShare(tx: Tx, eouid: Eouid): Promise<ShareRecord | undefined> {
  const row = await tx.selectFrom('key_shares').selectAll().where('eouid', '=', eouid).executeTakeFirst();
  if (row === undefined) return undefined;
  const ontologies = await tx
    .selectFrom('key_share_ontologies')
    .select('ontology')
    .where('eouid', '=', eouid)
    .orderBy('ontology')
    .execute();
  return {
    eouid,
    shareId: row.share_id,
    sealedShare: row.sealed_share,
    mac: row.mac,
    ontologies: ontologies.map(({ ontology }) => ontology),
    version: row.version,
    ownerSubject: row.owner_subject,
    ownerIssuer: row.owner_issuer,
    storedAt: row.stored_at,
  };
}

async function insertShare(tx: Tx, share: ShareRecord): Promise<boolean> {
  const inserted = await tx
    .insertInto('key_shares')
    .values({
      eouid: share.eouid,
      share_id: share.shareId,
      sealed_share: share.sealedShare,
      mac: share.mac,
      version: share.version,
      owner_subject: share.ownerSubject,
      owner_issuer: share.ownerIssuer,
      stored_at: share.storedAt,
    })
    .onConflict((conflict) => conflict.column('eouid').doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows !== 1n) return false;
  const rows = share.ontologies.map((ontology) => ({ eouid: share.eouid, ontology }));
  await tx.insertInto('key_share_ontologies').values(rows).execute();
  return true;
}

async function updateShare(tx: Tx, share: ShareRecord): Promise<boolean> {
  const updated = await tx
    .updateTable('key_shares')
    .set({ share_id: share.shareId, sealed_share: share.sealedShare, mac: share.mac, version: share.version })
    .where('eouid', '=', share.eouid)
    .where('version', '=', share.version - 1)
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}

async function appendAudit(tx: Tx, event: AuditEvent): Promise<void> {
  const { at, subject, issuer, operation, eouid = null, ontologies, decision, requestId } = event;
  await tx
    .insertInto('audit_events')
    .values({ at, subject, issuer, operation, eouid, ontologies, decision, request_id: requestId })
    .execute();
}

const signingKeyName = 'binding';

async function keepSigningKey(tx: Tx, candidate: SigningKeyRecord): Promise<SigningKeyRecord> {
  await tx
    .insertInto('signing_keys')
    .values({
      name: signingKeyName,
      public_jwk: JSON.stringify(candidate.publicJwk),
      sealed_private_jwk: candidate.sealedPrivateJwk,
      created_at: candidate.createdAt,
    })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return (await findSigningKey(tx)) ?? candidate;
}

async function findSigningKey(tx: Tx): Promise<SigningKeyRecord | undefined> {
  const row = await tx
    .selectFrom('signing_keys')
    .selectAll()
    .where('name', '=', signingKeyName)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    publicJwk: row.public_jwk as SigningKeyRecord['publicJwk'],
    sealedPrivateJwk: row.sealed_private_jwk,
    createdAt: row.created_at,
  };
}

export type { AuditEvent, Decision, KeyOperation, ShareRecord, SigningKeyRecord } from './model.ts';
export { type KeyServerParts, createKeyServer } from './server.ts';
export type { KeyStore, KeyTransaction } from './store.ts';
export { createPostgresKeyStore } from './store-postgres.ts';

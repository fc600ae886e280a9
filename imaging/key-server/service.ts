import { timingSafeEqual } from 'node:crypto';
import { type Caller, holdsOntology } from '@trencadis/access';
import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { Eouid } from '@trencadis/ids';
import { type SealingKey, open, seal } from '@trencadis/sealing';
import { type BindingSigner, createBindingSigner } from './binding.ts';
import type { AuditEvent, Decision, KeyOperation, ShareRecord } from './model.ts';
import type { KeyStore, KeyTransaction } from './store.ts';
import { sortedOntologies } from './verify-binding.ts';

/** Who asks, and under which request id it is audited. */
export interface Asker {
  readonly caller: Caller;
  readonly requestId: string;
}

export interface GivenShare {
  readonly shareId: number;
  readonly share: Buffer;
  readonly mac: string;
}

/**
 * The Key Server's operations (imaging services KS-1 to KS-4). Each decides by the caller's rights on the object's
 * ontologies and appends its decision to the audit in the same transaction: what is not audited is not done.
 */
export interface KeyService {
  store(
    asker: Asker,
    eouid: Eouid,
    given: GivenShare & { readonly ontologies: readonly number[] },
  ): Promise<ShareRecord>;
  retrieve(asker: Asker, eouid: Eouid, ontology: number): Promise<ShareRecord & { readonly share: Buffer }>;
  update(asker: Asker, eouid: Eouid, given: GivenShare & { readonly version: number }): Promise<ShareRecord>;
  sign(asker: Asker, eouid: Eouid, ontologies: readonly number[]): Promise<string>;
  /** Audits a request that is denied because the caller's token does not carry the operation at all. */
  auditDenied(asker: Asker, operation: KeyOperation): Promise<void>;
  readonly signer: BindingSigner;
}

export interface KeyServiceParts {
  readonly store: KeyStore;
  readonly sealingKey: SealingKey;
  readonly clock: Clock;
}

export function createKeyService(parts: KeyServiceParts): KeyService {
  const signer = createBindingSigner(parts);
  return {
    signer,
    store: async (asker, eouid, given) => {
      const request = { asker, operation: 'key.write', eouid, ontologies: given.ontologies } as const;
      return await audited(parts, request, (tx) => storeShare(parts, tx, { asker, eouid, given }));
    },
    retrieve: async (asker, eouid, ontology) => {
      const request = { asker, operation: 'key.read', eouid, ontologies: [ontology] } as const;
      return await audited(parts, request, (tx) => releaseShare(parts, tx, { asker, eouid, ontology }));
    },
    update: async (asker, eouid, given) => {
      const request = { asker, operation: 'key.update', eouid, ontologies: [] } as const;
      return await audited(parts, request, (tx) => replaceShare(parts, tx, { asker, eouid, given }));
    },
    sign: async (asker, eouid, ontologies) => {
      const request = { asker, operation: 'key.sign', eouid, ontologies } as const;
      await audited(parts, request, async () => {
        return denialOf(asker.caller, 'key.sign', ontologies) ?? { decision: 'allowed', value: undefined };
      });
      return await signer.sign(eouid, ontologies);
    },
    auditDenied: async (asker, operation) => {
      const event = auditEvent(parts.clock, { asker, operation, ontologies: [] }, 'denied');
      await parts.store.transaction((transaction) => transaction.appendAudit(event));
    },
  };
}

interface AuditedRequest {
  readonly asker: Asker;
  readonly operation: KeyOperation;
  readonly eouid?: Eouid;
  readonly ontologies: readonly number[];
}

type Refusal = { readonly decision: Exclude<Decision, 'allowed'>; readonly error: PlatformError };
type Outcome<Value> = { readonly decision: 'allowed'; readonly value: Value } | Refusal;

/** A refusal is an outcome, not an exception, so that its audit entry is committed too. */
async function audited<Value>(
  { store, clock }: KeyServiceParts,
  request: AuditedRequest,
  work: (transaction: KeyTransaction) => Promise<Outcome<Value>>,
): Promise<Value> {
  const outcome = await store.transaction(async (transaction) => {
    const decided = await work(transaction);
    await transaction.appendAudit(auditEvent(clock, request, decided.decision));
    return decided;
  });
  if (outcome.decision === 'allowed') return outcome.value;
  throw outcome.error;
}

function auditEvent(clock: Clock, request: AuditedRequest, decision: Decision): AuditEvent {
  const { asker, ...what } = request;
  const { subject, issuer } = asker.caller;
  return { at: clock.now(), subject, issuer, ...what, decision, requestId: asker.requestId };
}

async function storeShare(
  { sealingKey, clock }: KeyServiceParts,
  transaction: KeyTransaction,
  asked: {
    readonly asker: Asker;
    readonly eouid: Eouid;
    readonly given: GivenShare & { readonly ontologies: readonly number[] };
  },
): Promise<Outcome<ShareRecord>> {
  const { eouid, given, asker } = asked;
  const denial = denialOf(asker.caller, 'key.write', given.ontologies);
  if (denial !== undefined) return denial;
  const record: ShareRecord = {
    eouid,
    shareId: given.shareId,
    sealedShare: seal(given.share, sealingKey, sealingContext(eouid, given.shareId)),
    mac: given.mac,
    ontologies: sortedOntologies(given.ontologies),
    version: 1,
    ownerSubject: asker.caller.subject,
    ownerIssuer: asker.caller.issuer,
    storedAt: clock.now(),
  };
  if (await transaction.insertShare(record)) return { decision: 'allowed', value: record };
  const stored = await transaction.findShare(eouid);
  if (stored !== undefined && isSame(stored, record, given.share, sealingKey)) {
    return { decision: 'allowed', value: stored };
  }
  const text = 'There is another share of this object already. To replace it, update it.';
  return refusal('conflict', 'already-exists', text, eouid);
}

async function releaseShare(
  { sealingKey }: KeyServiceParts,
  transaction: KeyTransaction,
  asked: { readonly asker: Asker; readonly eouid: Eouid; readonly ontology: number },
): Promise<Outcome<ShareRecord & { readonly share: Buffer }>> {
  const { asker, eouid, ontology } = asked;
  const denial = denialOf(asker.caller, 'key.read', [ontology]);
  if (denial !== undefined) return denial;
  const stored = await transaction.findShare(eouid);
  // Of an object outside the ontology not even the existence is told.
  if (stored === undefined || !stored.ontologies.includes(ontology))
    return absent(eouid, `ontology ${ontology}`);
  return { decision: 'allowed', value: { ...stored, share: openShare(stored, sealingKey) } };
}

async function replaceShare(
  { sealingKey }: KeyServiceParts,
  transaction: KeyTransaction,
  asked: {
    readonly asker: Asker;
    readonly eouid: Eouid;
    readonly given: GivenShare & { readonly version: number };
  },
): Promise<Outcome<ShareRecord>> {
  const { eouid, given, asker } = asked;
  const stored = await transaction.findShare(eouid);
  const holdsOne = stored?.ontologies.some((ontology) => holdsOntology(asker.caller, ontology, 'key.update'));
  if (stored === undefined || holdsOne !== true) return absent(eouid, 'your ontologies');
  const denial = denialOf(asker.caller, 'key.update', stored.ontologies);
  if (denial !== undefined) return denial;
  const { shareId, share, mac } = given;
  const sealedShare = seal(share, sealingKey, sealingContext(eouid, shareId));
  const replaced = { ...stored, shareId, mac, sealedShare, version: given.version + 1 };
  if (await transaction.updateShare(replaced)) return { decision: 'allowed', value: replaced };
  const text = `Version ${given.version} of this share is not the current one. Retrieve it and decide again.`;
  return refusal('conflict', 'conflict', text, eouid);
}

function denialOf(
  caller: Caller,
  operation: KeyOperation,
  ontologies: readonly number[],
): Refusal | undefined {
  const missing = ontologies.find((ontology) => !holdsOntology(caller, ontology, operation));
  if (missing === undefined) return undefined;
  return refusal('denied', 'forbidden', `Your token does not allow ${operation} on ontology ${missing}.`);
}

function absent(eouid: Eouid, where: string): Refusal {
  return refusal('absent', 'not-found', `There is no share of this object in ${where}.`, eouid);
}

function refusal(
  decision: Refusal['decision'],
  code: PlatformError['code'],
  text: string,
  subject?: Eouid,
): Refusal {
  return { decision, error: new PlatformError(code, text, subject === undefined ? {} : { subject }) };
}

function isSame(stored: ShareRecord, asked: ShareRecord, share: Buffer, sealingKey: SealingKey): boolean {
  if (stored.shareId !== asked.shareId || stored.mac !== asked.mac) return false;
  if (stored.ontologies.join() !== asked.ontologies.join()) return false;
  const storedShare = openShare(stored, sealingKey);
  return storedShare.length === share.length && timingSafeEqual(storedShare, share);
}

function openShare(stored: ShareRecord, sealingKey: SealingKey): Buffer {
  return open(stored.sealedShare, sealingKey, sealingContext(stored.eouid, stored.shareId));
}

function sealingContext(eouid: Eouid, shareId: number): string {
  return `key-share:${eouid}:${shareId}`;
}

import { describe, expect, it } from 'vitest';
import type { AuditEvent, SigningKeyRecord } from './model.ts';
import type { KeyStore } from './store.ts';
import { exampleRecord, newEouid } from './testing/fixtures.ts';

export interface KeyStoreHarness extends AsyncDisposable {
  readonly store: KeyStore;
  /** Every audit entry, in the order of writing. */
  auditEvents(): Promise<readonly AuditEvent[]>;
}

const at = new Date('2026-11-20T10:00:00.000Z');
const signingKey = (kid: string): SigningKeyRecord => ({
  publicJwk: { kty: 'OKP', kid },
  sealedPrivateJwk: `sealed ${kid}`,
  createdAt: at,
});

/** What every key store must do; run it with a harness that gives a fresh, empty store. */
export function describeKeyStore(name: string, makeHarness: () => Promise<KeyStoreHarness>): void {
  describe(`key store: ${name}`, () => {
    it('is ready', async () => {
      await using harness = await makeHarness();
      await expect(harness.store.checkReady()).resolves.toBeUndefined();
    });

    it('finds a share as it was inserted, and nothing else', async () => {
      await using harness = await makeHarness();
      const record = exampleRecord();
      expect(await harness.store.transaction((tx) => tx.insertShare(record))).toBe(true);
      expect(await harness.store.transaction((tx) => tx.findShare(record.eouid))).toEqual(record);
      expect(await harness.store.transaction((tx) => tx.findShare(newEouid()))).toBeUndefined();
    });

    it('never overwrites by inserting', async () => {
      await using harness = await makeHarness();
      const record = exampleRecord();
      const other = exampleRecord({ eouid: record.eouid, shareId: 3, ontologies: [9] });
      await harness.store.transaction((tx) => tx.insertShare(record));
      expect(await harness.store.transaction((tx) => tx.insertShare(other))).toBe(false);
      expect(await harness.store.transaction((tx) => tx.findShare(record.eouid))).toEqual(record);
    });

    it('lets one of many concurrent inserts win, whole', async () => {
      await using harness = await makeHarness();
      const eouid = newEouid();
      const records = [1, 2, 3, 4].map((shareId) => exampleRecord({ eouid, shareId, ontologies: [shareId] }));
      const wins = await Promise.all(
        records.map((record) => harness.store.transaction((tx) => tx.insertShare(record))),
      );
      expect(wins.filter(Boolean)).toHaveLength(1);
      const winner = records[wins.indexOf(true)];
      expect(await harness.store.transaction((tx) => tx.findShare(eouid))).toEqual(winner);
    });

    it('updates only the version before', async () => {
      await using harness = await makeHarness();
      const record = exampleRecord();
      const second = { ...record, shareId: 4, sealedShare: 'resealed', version: 2 };
      await harness.store.transaction((tx) => tx.insertShare(record));
      expect(await harness.store.transaction((tx) => tx.updateShare({ ...second, version: 3 }))).toBe(false);
      const attempts = [second, second].map((share) =>
        harness.store.transaction((tx) => tx.updateShare(share)),
      );
      expect((await Promise.all(attempts)).filter(Boolean)).toHaveLength(1);
      expect(await harness.store.transaction((tx) => tx.findShare(record.eouid))).toEqual(second);
    });

    it('keeps nothing of a transaction that rejects', async () => {
      await using harness = await makeHarness();
      const record = exampleRecord();
      const failed = harness.store.transaction(async (tx) => {
        await tx.insertShare(record);
        throw new Error('no');
      });
      await expect(failed).rejects.toThrow('no');
      expect(await harness.store.transaction((tx) => tx.findShare(record.eouid))).toBeUndefined();
    });

    it('appends audit entries in order', async () => {
      await using harness = await makeHarness();
      const who = { at, subject: 'ada', issuer: 'https://vo.example', requestId: 'ask-1' };
      const events: AuditEvent[] = [
        { ...who, operation: 'key.read', eouid: newEouid(), ontologies: [5, 6], decision: 'allowed' },
        { ...who, operation: 'key.sign', ontologies: [], decision: 'denied' },
      ];
      for (const event of events) await harness.store.transaction((tx) => tx.appendAudit(event));
      expect(await harness.auditEvents()).toEqual(events);
    });

    it('keeps one signing key for all who bring one', async () => {
      await using harness = await makeHarness();
      expect(await harness.store.transaction((tx) => tx.findSigningKey())).toBeUndefined();
      const kept = await Promise.all(
        ['one', 'two', 'three'].map((kid) =>
          harness.store.transaction((tx) => tx.keepSigningKey(signingKey(kid))),
        ),
      );
      const found = await harness.store.transaction((tx) => tx.findSigningKey());
      expect(kept).toEqual([found, found, found]);
    });
  });
}

import { brandId, newUuid } from '@trencadis/ids';
import type { Eouid } from '@trencadis/ids';
import { createHash } from 'node:crypto';
import type { ShareRecord } from '../model.ts';

export function newEouid(): Eouid {
  return brandId('Eouid', newUuid().toUpperCase());
}

/** A made-up share and MAC, as a client sends them. */
export function exampleShare(seed = 'a') {
  const bytes = createHash('sha256').update(seed).digest();
  return {
    shareId: 2,
    share: bytes.toString('base64'),
    mac: createHash('sha256').update(bytes).digest('base64'),
  };
}

export function exampleRecord(change: Partial<ShareRecord> = {}): ShareRecord {
  return {
    eouid: newEouid(),
    shareId: 2,
    sealedShare: 'sealed',
    mac: exampleShare().mac,
    ontologies: [5, 6],
    version: 1,
    ownerSubject: 'ada',
    ownerIssuer: 'https://vo.example',
    storedAt: new Date('2026-11-20T10:00:00.000Z'),
    ...change,
  };
}

import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { type InfrastructureId, type PlanId, brandId } from './id-registry.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

function randomLabel(length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

export function newInfrastructureId(): InfrastructureId {
  return brandId('InfrastructureId', `inf-${randomLabel(8)}`);
}

export function newPlanId(): PlanId {
  return brandId('PlanId', `plan-${randomLabel(12)}`);
}

/** A random UUID, version 4 (RFC 9562), lower case. */
export function newUuid(): string {
  return randomUUID();
}

/** `byteCount` random bytes as base64url text: tokens, passwords, keys. */
export function newSecretText(byteCount = 32): string {
  return randomBytes(byteCount).toString('base64url');
}

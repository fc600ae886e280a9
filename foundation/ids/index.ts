export { type Brand, type Id, brandId, parseId, idPatterns } from './id-registry.ts';
export type { IdKind } from './id-registry.ts';
export { newInfrastructureId, newPlanId, newUuid, newSecretText } from './new-id.ts';
export { sha256OfBytes, sha256OfJson, sha256OfText } from './digest.ts';
export type {
  Eouid,
  InfrastructureId,
  NetworkName,
  PlanId,
  Sha256,
  DiskName,
  Tag,
  VmName,
  VmiId,
} from './id-registry.ts';

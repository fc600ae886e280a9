export type * from './model.ts';
export { type ComponentView, type DeliveryOrder, componentApi, deliveryApi, deliveryPath } from './api.ts';
export { componentSchema, serviceManifestSchema } from './component-schema.ts';
export { componentTypes } from './component-type.ts';
export { type DeliveryGrant, type DeliveryGrants, createDeliveryGrants } from './delivery-grants.ts';
export { type MinisignKey, parseMinisignKeys } from './minisign.ts';
export { type ComponentRepositoryOptions, openComponentRepository } from './open-component-repository.ts';
export { readManifest } from './read-manifest.ts';
export { type Resolution, findDependents, resolveDependencies } from './resolve-dependencies.ts';
export {
  type ComponentHandlersParts,
  type DeliveryParts,
  componentHandlers,
  deliveryHandlers,
} from './routes.ts';
export type { SignaturePolicy } from './signature-policy.ts';

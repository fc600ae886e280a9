export type * from './model.ts';
export { componentSchema, serviceManifestSchema } from './component-schema.ts';
export { openComponentRepository } from './open-component-repository.ts';
export { readManifest } from './read-manifest.ts';

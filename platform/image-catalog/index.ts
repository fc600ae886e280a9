export type * from './model.ts';
export { type AliasRule, defaultAliasRules } from './alias-rules.ts';
export { compareVersions } from './compare-versions.ts';
export { describeRequirement } from './describe-requirement.ts';
export { explainNoImage } from './explain-no-image.ts';
export { matchImages } from './match.ts';
export { imageCatalogMigrations } from './migrations.ts';
export { readCatalogEntries } from './read-catalog-entries.ts';
export { privateAcl, publicAcl } from './access.ts';
export { ArtifactFiles } from './artifact-files.ts';
export { CatalogIndex, type IndexMatchOptions } from './catalog-index.ts';
export type { ImageRegistration } from './decide-registration.ts';
export { fingerprintOf } from './fingerprint.ts';
export { type ImageFinder, createImageFinder } from './image-finder.ts';
export type { ImageOffer } from './image-offer.ts';
export { type ImageRecord, vmiOf } from './image-record.ts';
export type { MatchOptions } from './judge-image.ts';
export { type QueryDialect, readQuery } from './read-query.ts';
export { ImageService, type ImageServiceParts, type NewImage, type SearchOptions } from './service.ts';
export { createMemoryCatalogStore } from './store-memory.ts';
export { createPostgresCatalogStore } from './store-postgres.ts';
export type { AuditEntry, CatalogStore } from './store.ts';
export { describeSize, parseSize } from './parse-size.ts';
export {
  type CatalogEntry,
  artifactSchema,
  catalogEntrySchema,
  metadataSchema,
  vmiSchema,
} from './vmi-schema.ts';
export { compareInScheme } from './version-schemes.ts';
export { imageApi } from './api.ts';
export {
  type ImageHandlersParts,
  type ImportOrder,
  type Imported,
  type TakenUp,
  cloudImporter,
  imageHandlers,
} from './routes.ts';
export { imScore } from './im-score.ts';
export { type BuiltImagesParts, createBuiltImagesImporter } from './importers/built-images-importer.ts';
export {
  type SimplestreamsExport,
  type SimplestreamsFile,
  exportSimplestreams,
} from './importers/export-simplestreams.ts';
export { type ImageImporter, type ImportedImage, idFromName } from './importers/image-importer.ts';
export { createOvfImporter } from './importers/ovf-importer.ts';
export { type OvfExport, printOvf } from './importers/print-ovf.ts';
export {
  type SimplestreamsOptions,
  createSimplestreamsImporter,
} from './importers/simplestreams-importer.ts';
export { type RadlQuery, isAnsibleContent, parseRadlQuery, radlImageRequirements } from './radl-query.ts';
export {
  type VmrcDescriptor,
  type VmrcDescriptorReading,
  parseVmrcDescriptor,
} from './vmrc/vmrc-descriptor.ts';
export type { VmrcDiagnostic } from './vmrc/vmrc-diagnostic.ts';
export { type VmrcOptions, type VmrcQuery, parseVmrcQuery } from './vmrc/vmrc-query.ts';
export { type NativeImage, nativeImageUrl, readNativeImageUrl } from './native-image-url.ts';

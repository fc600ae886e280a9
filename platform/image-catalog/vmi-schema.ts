import { idPatterns } from '@trencadis/ids';
import type { Sha256, VmiId } from '@trencadis/ids';
import { z } from 'zod';
import type { Vmi, VmiArtifact, VmiMetadata } from './model.ts';

const text = z.string().trim().min(1);

const operatingSystem = z.strictObject({ name: text, flavour: text, version: text });

const application = z.strictObject({
  name: text,
  version: text.exactOptional(),
  path: text.exactOptional(),
  sourcePackage: text.exactOptional(),
});

const standIn = z.strictObject({
  for: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('application'), application }),
    z.strictObject({ kind: z.literal('os'), operatingSystem }),
  ]),
  by: text,
});

const count = z.number().int().positive();

const sha256 = z
  .string()
  .regex(idPatterns.Sha256)
  .transform((digest) => digest as Sha256);

const vmiId = z
  .string()
  .regex(idPatterns.VmiId)
  .transform((id) => id as VmiId);

export const artifactSchema = z.strictObject({
  vmm: text,
  endpoint: text.exactOptional(),
  nativeId: text.exactOptional(),
  location: z.string().trim(),
  digest: sha256,
  hypervisor: text.exactOptional(),
  format: text.exactOptional(),
  virtualSizeBytes: count.exactOptional(),
}) satisfies z.ZodType<VmiArtifact>;

export const metadataSchema = z.strictObject({
  architecture: text,
  operatingSystem,
  applications: z.array(application).readonly(),
  standIns: z.array(standIn).readonly(),
  minDiskGiB: z.number().positive().exactOptional(),
  minMemoryMiB: z.number().positive().exactOptional(),
  firmware: z.enum(['bios', 'uefi']).exactOptional(),
  cloudInit: z.boolean().exactOptional(),
  defaultUser: text.exactOptional(),
}) satisfies z.ZodType<VmiMetadata>;

export const labelsSchema = z.record(z.string().regex(/^[\w.-]{1,64}$/), z.string().max(256));

/** What `images/<id>/vmi.json` says of an image; the artifacts come from building it. */
export type CatalogEntry = VmiMetadata & Pick<Vmi, 'id' | 'name' | 'description' | 'labels'>;

/** Unknown keys are refused, so that a misspelt one is seen. */
export const catalogEntrySchema = metadataSchema.extend({
  id: vmiId,
  name: text,
  description: text,
  labels: labelsSchema.exactOptional(),
}) satisfies z.ZodType<CatalogEntry>;

/** A {@link Vmi} from outside. */
export const vmiSchema = catalogEntrySchema.extend({
  artifacts: z.array(artifactSchema).readonly(),
  owner: text.exactOptional(),
  group: text.exactOptional(),
  versionNumber: count.exactOptional(),
  fingerprint: sha256.exactOptional(),
  createdAt: z.iso.datetime().exactOptional(),
}) satisfies z.ZodType<Vmi>;

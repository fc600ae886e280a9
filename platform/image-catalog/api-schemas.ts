import { type Sha256, type VmiId, idPatterns } from '@trencadis/ids';
import { z } from 'zod';
import type { Requirement } from './model.ts';
import { artifactSchema, labelsSchema, metadataSchema } from './vmi-schema.ts';

/** What cannot be an id names nothing; it is told apart from a malformed request by the service's `not-found`. */
export const imageId = z
  .string()
  .regex(idPatterns.VmiId)
  .transform((id) => id as VmiId);
const digest = z
  .string()
  .regex(idPatterns.Sha256)
  .transform((text) => text as Sha256);
const number = z.coerce.number().int().positive();
const text = z.string().trim().min(1).max(256);

export const namedVersion = z.object({ imageId, number });
export const namedArtifact = z.object({ imageId, number, digest });
export const channelName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,31}$/);

const audience = z.enum(['owner', 'group', 'all', 'none']);
const acl = z.object({
  list: audience,
  search: audience,
  download: audience,
  upload: audience,
  update: audience,
  delete: audience,
});
const someone = audience.exactOptional();
const partialAcl = z.strictObject({
  list: someone,
  search: someone,
  download: someone,
  upload: someone,
  update: someone,
  delete: someone,
});

export const imageView = z.object({
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  group: z.string().exactOptional(),
  description: z.string(),
  labels: z.record(z.string(), z.string()),
  acl,
  channels: z.record(z.string(), z.number()),
  createdAt: z.string(),
});
export type ImageView = z.output<typeof imageView>;

/** An answer is only written, so it brands nothing. */
const artifactView = artifactSchema.extend({ digest: z.string() });

export const versionView = z.object({
  imageId: z.string(),
  number: z.number(),
  fingerprint: z.string(),
  createdAt: z.string(),
  state: z.enum(['queued', 'uploading', 'active', 'deprecated', 'revoked', 'deleted']),
  metadata: metadataSchema,
  artifacts: z.array(artifactView).readonly(),
  deprecateAt: z.string().exactOptional(),
  revokeAt: z.string().exactOptional(),
});
export type ImageVersionView = z.output<typeof versionView>;

export const imageBody = z.strictObject({
  id: imageId,
  name: text,
  description: z.string().max(4096).default(''),
  labels: labelsSchema.exactOptional(),
  group: text.exactOptional(),
  acl: partialAcl.exactOptional(),
});

export const imageUpdateBody = z.strictObject({
  name: text.exactOptional(),
  description: z.string().max(4096).exactOptional(),
  labels: labelsSchema.exactOptional(),
  group: text.exactOptional(),
  acl: partialAcl.exactOptional(),
});

export const versionBody = z.strictObject({
  metadata: metadataSchema,
  artifacts: z.array(artifactSchema).readonly(),
});

const operator = z.enum(['=', '!=', '<', '<=', '>', '>=', 'prefix']);
const places = z.array(text).max(20).readonly().exactOptional();
const scheme = z.enum(['vmrc', 'deb', 'rpm', 'semver']).exactOptional();
const attributeKeys = [
  'architecture',
  'os.name',
  'os.flavour',
  'os.version',
  'name',
  'owner',
  'group',
  'firmware',
  'cloudInit',
  'defaultUser',
  'disk.min',
  'memory.min',
  'vmm',
  'endpoint',
  'nativeId',
  'location',
  'hypervisor',
  'format',
  'disk.size',
] as const;
const key = z.union([z.enum(attributeKeys), z.templateLiteral(['label.', z.string().min(1).max(64)])]);

const single = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('attribute'), key, operator, value: z.string().max(256), scheme, places }),
  z.strictObject({
    kind: z.literal('application'),
    name: text,
    operator: operator.exactOptional(),
    version: text.exactOptional(),
    scheme,
    path: text.exactOptional(),
  }),
]);
/** One level of `any` is enough for all that the query languages say. */
const requirement = z.union([
  single,
  z.strictObject({ kind: z.literal('any'), of: z.array(single).max(100).readonly() }),
]) satisfies z.ZodType<Requirement>;

const requirements = z.strictObject({
  hard: z.array(requirement).max(100).readonly().default([]),
  soft: z
    .array(z.strictObject({ weight: z.number(), requirements: z.array(requirement).max(100).readonly() }))
    .max(100)
    .readonly()
    .default([]),
});

export const searchBody = z.strictObject({
  requirements: requirements.exactOptional(),
  /** Instead of requirements: text in a query language, `vmrc` unless told. */
  query: z.string().max(65_536).exactOptional(),
  dialect: z.enum(['vmrc', 'vmrc-strict', 'radl']).default('vmrc'),
  channel: channelName.exactOptional(),
  limit: z.number().int().min(1).max(1000).default(10),
  preferredVmms: z.array(text).max(20).readonly().exactOptional(),
  /** What ranks first: the soft weights that hold, or the Infrastructure Manager's score. */
  score: z.enum(['weights', 'im']).default('weights'),
});

const verdict = z.object({ requirement: z.string(), holds: z.boolean(), because: z.string() });
const found = z.object({
  id: z.string(),
  name: z.string(),
  version: z.number().exactOptional(),
  fingerprint: z.string().exactOptional(),
  operatingSystem: z.string(),
});

export const matchView = found.extend({
  score: z.number(),
  /** Where it ranks: 10000 times the score, 100 for each application that is asked for, less what is extra or older. */
  imScore: z.number().exactOptional(),
  share: z.number(),
  artifact: artifactView.exactOptional(),
  verdicts: z.array(verdict).readonly(),
});
export const nearMissView = found.extend({ failed: z.array(verdict).readonly() });
export type MatchView = z.output<typeof matchView>;
export type NearMissView = z.output<typeof nearMissView>;

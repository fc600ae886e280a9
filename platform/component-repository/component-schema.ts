import { idPatterns } from '@trencadis/ids';
import type { Sha256 } from '@trencadis/ids';
import { z } from 'zod';
import { componentTypes } from './component-type.ts';
import type { Component, PuppetModule, ServiceManifest } from './model.ts';
import { versionRangePattern } from './version-range.ts';

const text = z.string().trim().min(1);
const probePath = z.string().regex(/^\/[^\s?#]*$/, 'must be a path that begins with /');
/** A name that becomes a key in the context given to the service. */
const key = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'must be letters, digits, _ and -, a letter first');

const hasUniqueNames = (items: readonly { readonly name: string }[]): boolean =>
  new Set(items.map(({ name }) => name)).size === items.length;

/** `component.json` of a `gar`. Unknown keys are refused, so that a misspelt one is seen. */
export const serviceManifestSchema = z.strictObject({
  name: text,
  version: text,
  command: z.array(text).min(1),
  port: z.int().min(1).max(65_535),
  protocol: z.enum(['https', 'http']),
  livePath: probePath,
  readyPath: probePath,
  databases: z.array(key),
  secrets: z
    .array(z.strictObject({ name: key, byteCount: z.int().min(16).max(1024) }))
    .refine(hasUniqueNames, 'has a name twice'),
  parameters: z
    .array(z.strictObject({ name: key, description: text, required: z.boolean() }))
    .refine(hasUniqueNames, 'has a name twice'),
}) satisfies z.ZodType<ServiceManifest>;

/** Names of files and versions become parts of paths: no separators, and never `.` or `..`. */
export const nameSchema = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, 'must be letters, digits, . _ + and -, a letter or digit first');

const licence = String.raw`\(*(?!(?:AND|OR|WITH)\b)[A-Za-z0-9][\w.+:-]*\)*`;
/** The shape of an SPDX expression (SPDX 2.3, annex D); which licences exist is not checked. */
const licencePattern = new RegExp(`^${licence}(?: (?:AND|OR|WITH) ${licence})*$`);

export const licenceSchema = z
  .string()
  .max(512)
  .regex(licencePattern, "must be an SPDX expression such as 'Apache-2.0' or 'MIT OR GPL-3.0-only'");

export const dependencySchema = z.strictObject({
  fileName: nameSchema,
  range: z
    .string()
    .max(256)
    .regex(versionRangePattern, "must be '*', a version, or bounds such as '>=1.2.0 <2.0.0'"),
});

const puppetModuleSchema = z.strictObject({
  name: text,
  version: text,
  dependencies: z.array(z.strictObject({ name: text, range: z.string() })),
  manifests: z.array(text),
  types: z.array(text),
}) satisfies z.ZodType<PuppetModule>;

/** A {@link Component} as the repository's index keeps it. */
export const componentSchema = z.strictObject({
  fileName: nameSchema,
  version: nameSchema,
  type: z.enum(componentTypes),
  description: z.string(),
  digest: z
    .string()
    .regex(idPatterns.Sha256)
    .transform((digest) => digest as Sha256),
  sizeBytes: z.int().min(0),
  licence: licenceSchema.exactOptional(),
  dependencies: z.array(dependencySchema).exactOptional(),
  signature: z
    .strictObject({ keyId: z.string(), trustedComment: z.string(), text: z.string() })
    .exactOptional(),
  manifest: serviceManifestSchema.exactOptional(),
  puppetModule: puppetModuleSchema.exactOptional(),
}) satisfies z.ZodType<Component>;

/** What whoever adds a file says of it, checked before its content is read. */
export const statementSchema = z.object({
  fileName: nameSchema,
  version: nameSchema,
  description: z.string().max(4096),
  licence: licenceSchema.optional(),
  dependencies: z.array(dependencySchema).max(64).optional(),
});

import { idPatterns } from '@trencadis/ids';
import type { Sha256, VmiId } from '@trencadis/ids';
import { z } from 'zod';
import type { Vmi } from './model.ts';

const text = z.string().trim().min(1);

const operatingSystem = z.strictObject({ name: text, flavour: text, version: text });

const application = z.strictObject({
  name: text,
  version: text.exactOptional(),
  path: text.exactOptional(),
});

const standIn = z.strictObject({
  for: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('application'), application }),
    z.strictObject({ kind: z.literal('os'), operatingSystem }),
  ]),
  by: text,
});

const artifact = z.strictObject({
  vmm: text,
  location: text,
  digest: z
    .string()
    .regex(idPatterns.Sha256)
    .transform((digest) => digest as Sha256),
});

/** A {@link Vmi} from outside. Unknown keys are refused, so that a misspelt one is seen. */
export const vmiSchema = z.strictObject({
  id: z
    .string()
    .regex(idPatterns.VmiId)
    .transform((id) => id as VmiId),
  name: text,
  description: text,
  architecture: text,
  operatingSystem,
  applications: z.array(application),
  standIns: z.array(standIn),
  artifacts: z.array(artifact),
}) satisfies z.ZodType<Vmi>;

/** What `images/<id>/vmi.json` says of an image; the artifacts come from building it. */
export type CatalogEntry = Omit<Vmi, 'artifacts'>;

export const catalogEntrySchema = vmiSchema.omit({ artifacts: true }) satisfies z.ZodType<CatalogEntry>;

import { type VmiId, idPatterns } from '@trencadis/ids';
import { z } from 'zod';
import type { ParameterValue, ServiceDescription } from './model.ts';

const text = z.string().trim().min(1).max(4000);
const radlText = z
  .string()
  .max(500_000)
  .refine((radl) => !radl.includes('\0'), 'has a NUL character');

/** Names stand in paths, in `@input.NAME@` and on command lines. */
const name = z
  .string()
  .max(63)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be lower-case letters, digits and single -, a letter first');
const choice = z
  .string()
  .max(63)
  .regex(/^[A-Za-z0-9][\w.-]*$/, 'must be letters, digits, _ . and -');
const version = z
  .string()
  .max(63)
  .regex(/^\d+\.\d+\.\d+(\+\d+)?$/, 'must be three numbers such as 1.0.2');
const vmiId = z
  .string()
  .regex(idPatterns.VmiId, 'must be the id of an image of the catalog')
  .transform((id) => id as VmiId);

export const parameterValueSchema: z.ZodType<ParameterValue> = z.json();

export const parameterType = z.enum(['string', 'number', 'boolean', 'choice', 'password', 'json']);

const parameter = z.strictObject({
  name,
  type: parameterType,
  help: text,
  isRequired: z.boolean().default(false),
  default: parameterValueSchema.exactOptional(),
  choices: z.array(choice).min(2).readonly().exactOptional(),
});

const status = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('released') }),
  z.strictObject({ kind: z.literal('draft'), reason: text, missing: z.array(text).min(1).readonly() }),
]);

/** `service.json`. Unknown keys are refused, so that a misspelt one is seen. */
export const serviceFileSchema = z.strictObject({
  name,
  title: text,
  description: text,
  version,
  parameters: z.array(parameter).max(100).readonly().default([]),
  needs: z.strictObject({
    vmis: z
      .array(z.union([vmiId, z.array(vmiId).min(2).readonly()]))
      .min(1)
      .readonly(),
    components: z.array(text).readonly(),
  }),
  status,
});

/** A {@link ServiceDescription} from outside. */
export const serviceDescriptionSchema = serviceFileSchema.extend({
  radl: radlText,
  dialect: z.enum(['im', 'paper', 'trencadis']),
  fragments: z.record(name, z.record(choice, radlText)),
}) satisfies z.ZodType<ServiceDescription>;

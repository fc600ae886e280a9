import { PlatformError } from '@trencadis/errors';
import { z } from 'zod';

/** `streams/v1/index.json`. */
const indexSchema = z.looseObject({
  format: z.literal('index:1.0'),
  index: z.record(
    z.string(),
    z.looseObject({
      path: z.string(),
      format: z.string().optional(),
      datatype: z.string().optional(),
      cloudname: z.string().optional(),
    }),
  ),
});

const itemSchema = z.record(z.string(), z.unknown());
const versionSchema = z.looseObject({ items: z.record(z.string(), itemSchema) });
const productSchema = z.looseObject({ versions: z.record(z.string(), versionSchema) });

/** A file of products. Every tag of the file, a product or a version holds for the items below, unless they differ. */
const productsSchema = z.looseObject({
  format: z.literal('products:1.0'),
  datatype: z.string().optional(),
  content_id: z.string().optional(),
  /** By tag and value: what that value stands for, `crsn: { us-east-1: { region, endpoint } }`. */
  aliases: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.string()))).optional(),
  products: z.record(z.string(), productSchema),
});

export type StreamIndex = z.infer<typeof indexSchema>;
export type ProductsFile = z.infer<typeof productsSchema>;

export function readStreamIndex(text: string, file: string): StreamIndex {
  return parseAs(indexSchema, text, file);
}

export function readProductsFile(text: string, file: string): ProductsFile {
  return parseAs(productsSchema, text, file);
}

function parseAs<Schema extends z.ZodType>(schema: Schema, text: string, file: string): z.infer<Schema> {
  const result = schema.safeParse(parseJson(text, file));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw malformedStream(file, issue?.path ?? [], issue?.message ?? 'is wrong');
}

/** `products > com.ubuntu.cloud:server > versions: ...`: names of products have dots. */
export function malformedStream(file: string, path: readonly PropertyKey[], problem: string): PlatformError {
  const place = path.map(String).join(' > ') || 'the whole file';
  const message = `${file} is not simplestreams: ${place}: ${problem}.`;
  return new PlatformError('invalid-argument', message, { subject: file });
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `${file} is not JSON: ${cause instanceof Error ? cause.message : 'it cannot be read'}.`;
    throw new PlatformError('invalid-argument', message, { subject: file, cause });
  }
}

const begin = '-----BEGIN PGP SIGNED MESSAGE-----';
const signature = '-----BEGIN PGP SIGNATURE-----';

/** What an OpenPGP clear-signed text (RFC 9580, section 7) says; its signature is not verified. */
export function clearText(signed: string): string {
  const lines = signed.split(/\r?\n/);
  if (lines[0] !== begin) return signed;
  const end = lines.indexOf(signature);
  const body = lines.slice(lines.indexOf('') + 1, end < 0 ? undefined : end);
  return body.map((line) => line.replace(/^- /, '')).join('\n');
}

import { z, type ZodType } from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** JSON Schema 2020-12, which OpenAPI 3.1 uses: of what is given (`input`) or of what comes out. */
export function jsonSchemaOf(schema: ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (io === 'input') return;
      // No body at all is written as null, a date as the text that JSON makes of it.
      if (zodSchema instanceof z.ZodUndefined) jsonSchema.type = 'null';
      if (zodSchema instanceof z.ZodDate) Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
    },
  });
}

export const componentsPath = '#/components/schemas/';
const definitionsPath = '#/$defs/';

interface Part {
  readonly schema: JsonSchema;
  readonly components: Readonly<Record<string, unknown>>;
}

/**
 * A part of an OpenAPI document: what a recursive schema repeats is moved from its own `$defs`, which no reference in
 * that document would find, to the document's components, where it is named after the part.
 */
export function asComponents(schema: JsonSchema, partName: string): Part {
  const { $defs: definitions = {}, ...own } = schema;
  const nameOf = (definition: string) => `${partName}.${definition.replace(/^_+/, '')}`;
  const moved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(moved);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).flatMap(movedEntry));
  };
  const movedEntry = ([key, value]: [string, unknown]): [string, unknown][] => {
    // The whole document is of one version of JSON Schema.
    if (key === '$schema' && typeof value === 'string') return [];
    const isMoved = key === '$ref' && typeof value === 'string' && value.startsWith(definitionsPath);
    return [[key, isMoved ? componentsPath + nameOf(value.slice(definitionsPath.length)) : moved(value)]];
  };
  const components = Object.entries(definitions as object).map(([name, one]: [string, unknown]) => [
    nameOf(name),
    moved(one),
  ]);
  return { schema: moved(own) as JsonSchema, components: Object.fromEntries(components) };
}

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

interface Part {
  readonly schema: JsonSchema;
  readonly components: Readonly<Record<string, unknown>>;
}

/**
 * A part of an OpenAPI document: what a recursive schema repeats is moved to the document's components, where it is
 * named after the part, since none of its own references would be found in that document.
 */
export function asComponents(schema: JsonSchema, partName: string): Part {
  const { $defs = {}, ...own } = schema;
  const definitions = Object.entries($defs as Readonly<Record<string, unknown>>);
  const names = new Map(
    definitions.map(([name]) => [`#/$defs/${name}`, partName + name.replace(/^_*/, '.')]),
  );
  names.set('#', partName);
  const move = (value: unknown) => withNames(value, names);
  const components = definitions.map(([name, one]) => [names.get(`#/$defs/${name}`), move(one)]);
  if (!refersToItself(schema))
    return { schema: move(own) as JsonSchema, components: Object.fromEntries(components) };
  components.push([partName, move(own)]);
  return { schema: { $ref: componentsPath + partName }, components: Object.fromEntries(components) };
}

function refersToItself(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([key, inner]) => (key === '$ref' && inner === '#') || refersToItself(inner),
  );
}

/** References by the new names; without `$schema`, for the whole document is of one version of JSON Schema. */
function withNames(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((one) => withNames(one, names));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key, inner]) => key !== '$schema' || typeof inner !== 'string',
  );
  return Object.fromEntries(
    entries.map(([key, inner]: [string, unknown]) => {
      const name = key === '$ref' && typeof inner === 'string' ? names.get(inner) : undefined;
      return [key, name === undefined ? withNames(inner, names) : componentsPath + name];
    }),
  );
}

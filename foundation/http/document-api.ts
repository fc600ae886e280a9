import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { Route } from './contract.ts';
import { documentRoute } from './document-route.ts';
import { type JsonSchema, asComponents, jsonSchemaOf } from './json-schema.ts';
import { problemSchema } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the Fastify route was made from. */
    readonly contractRoute?: { readonly name: string; readonly route: Route };
  }
}

/** Serves the OpenAPI 3.1 document of all routes that are registered after this. */
export async function documentApi(
  server: FastifyInstance,
  { title, version }: { readonly title: string; readonly version: string },
): Promise<void> {
  const components = new Map<string, unknown>([['Problem', problemComponent()]]);
  const keep = (schema: JsonSchema, partName: string): JsonSchema => {
    const part = asComponents(schema, partName);
    for (const [name, component] of Object.entries(part.components)) components.set(name, component);
    return part.schema;
  };
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, version },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
    transform: (document) => {
      const made = document.route.config?.contractRoute;
      if (made === undefined) return jsonSchemaTransform(document);
      const { name, route } = made;
      const schema = documentRoute(name, route, (part, partName) => keep(part, `${name}.${partName}`));
      return { schema, url: document.url };
    },
  });
  server.get('/openapi.json', { schema: { hide: true } }, async () => {
    const document = server.swagger() as { readonly components?: object };
    const schemas = Object.fromEntries(components);
    return { ...document, components: { ...document.components, schemas } };
  });
}

function problemComponent(): JsonSchema {
  return asComponents(jsonSchemaOf(problemSchema, 'output'), 'Problem').schema;
}

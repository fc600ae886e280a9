import { defineRoutes } from '@trencadis/http';
import { z } from 'zod';
import { parameterType, parameterValueSchema, serviceDescriptionSchema } from './service-schema.ts';

const problem = z.object({ place: z.string(), message: z.string() });
const problems = z.array(problem).readonly();

const parameterSchema = z.object({
  name: z.string(),
  type: parameterType,
  help: z.string(),
  target: z.enum(['document', 'components']),
  isRequired: z.boolean(),
  default: parameterValueSchema.exactOptional(),
  choices: z.array(z.string()).readonly().exactOptional(),
  min: z.number().exactOptional(),
  max: z.number().exactOptional(),
});

const versionSchema = serviceDescriptionSchema.extend({
  /** All of them: the document's inputs, then those of its components. */
  parameters: z.array(parameterSchema).readonly(),
  /** Ids as plain texts: what is answered is not parsed again. */
  needs: z.object({
    vmis: z.array(z.union([z.string(), z.array(z.string()).readonly()])).readonly(),
    components: z.array(z.string()).readonly(),
  }),
  digest: z.string(),
  registeredAt: z.iso.datetime(),
  /** VMIs and components that it needs and that are not here now. */
  missing: z.array(z.string()).readonly(),
});
export type ServiceVersionView = z.output<typeof versionSchema>;

const serviceSchema = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  versions: z.array(versionSchema).readonly(),
});
export type ServiceView = z.output<typeof serviceSchema>;

const summarySchema = serviceSchema.omit({ versions: true }).extend({
  versions: z
    .array(versionSchema.pick({ version: true, status: true, registeredAt: true, missing: true }))
    .readonly(),
});

const listSchema = z.object({
  services: z.array(summarySchema).readonly(),
  /** The platform's own descriptions that are not registered, and what keeps them from it now. */
  waiting: z.array(z.object({ name: z.string(), version: z.string(), problems })).readonly(),
});
export type ServiceListView = z.output<typeof listSchema>;

const outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['registered', 'unchanged']), version: z.string() }),
  z.object({ kind: z.literal('problems'), problems }),
]);

const rendering = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('rendered'),
    version: z.string(),
    radl: z.string(),
    dialect: z.enum(['im', 'paper', 'trencadis']),
    parameters: z.record(z.string(), parameterValueSchema),
  }),
  z.object({ kind: z.literal('problems'), problems }),
]);
export type RenderingView = z.output<typeof rendering>;

const byName = z.object({ name: z.string().max(63) });

/** Descriptions are shared by all who may read services: they belong to nobody. */
export const serviceApi = defineRoutes({
  listServices: {
    method: 'GET',
    path: '/api/services',
    summary: 'The registered services by name, and the own ones that wait for something.',
    response: listSchema,
    access: { right: 'service.read' },
  },
  getService: {
    method: 'GET',
    path: '/api/services/{name}',
    summary: 'A service with all its versions, oldest first.',
    params: byName,
    response: serviceSchema,
    access: { right: 'service.read' },
  },
  renderService: {
    method: 'POST',
    path: '/api/services/{name}/render',
    summary: 'The RADL document of a version for these values (default: the newest released version).',
    params: byName,
    body: z.object({
      version: z.string().max(63).exactOptional(),
      values: z.record(z.string(), parameterValueSchema).default({}),
    }),
    response: rendering,
    access: { right: 'service.read' },
  },
  validateService: {
    method: 'POST',
    path: '/api/services/validate',
    summary: 'Everything that would keep a description from being registered; registers nothing.',
    body: serviceDescriptionSchema,
    response: z.object({ problems }),
    access: { right: 'service.read' },
  },
  registerService: {
    method: 'POST',
    path: '/api/services',
    summary: 'Register a version, or answer all its problems. A version never changes.',
    body: serviceDescriptionSchema,
    response: outcome,
    access: { right: 'service.change' },
  },
  removeServiceVersion: {
    method: 'DELETE',
    path: '/api/services/{name}/versions/{version}',
    summary: 'Remove a version. What was deployed from it stays.',
    params: byName.extend({ version: z.string().max(63) }),
    response: z.object({}),
    access: { right: 'service.change' },
  },
  importServices: {
    method: 'POST',
    path: '/api/services/import',
    summary: 'Register the descriptions that come with the platform, as far as they may be.',
    response: listSchema,
    access: { right: 'service.change' },
  },
});

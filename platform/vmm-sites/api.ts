import { defineRoutes } from '@trencadis/http';
import type { VmmCapabilities } from '@trencadis/vmm';
import { z } from 'zod';
import { siteNamePattern } from './model.ts';

const rate = z.number().min(0).exactOptional();
const price = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/, 'is not an ISO 4217 code such as EUR'),
  perVmHour: rate,
  perCpuHour: rate,
  perGiBHour: rate,
});

const cloudSchema = z.object({
  key: z.string(),
  name: z.string(),
  product: z.string(),
  endpoint: z.string().exactOptional(),
  owner: z.string(),
  groups: z.array(z.string()).readonly().exactOptional(),
  price: price.exactOptional(),
  createdAt: z.iso.datetime(),
});
export type CloudView = z.output<typeof cloudSchema>;

const quotaUse = z.object({ used: z.number(), limit: z.number() }).exactOptional();
const quotaSchema = z.object({
  vms: quotaUse,
  cpuCount: quotaUse,
  memoryMiB: quotaUse,
  networks: quotaUse,
  diskGiB: quotaUse,
});
export type CloudQuotaView = z.output<typeof quotaSchema>;

const manner = z.union([z.enum(['live', 'restart']), z.literal(false)]);
const capabilitiesSchema = z.object({
  product: z.string(),
  networks: z.boolean(),
  disks: z.boolean(),
  power: z.boolean(),
  update: z.object({ size: manner, disks: manner }),
  images: z.boolean(),
  userData: z.boolean(),
  shell: z.boolean(),
  ports: z.enum(['filtered', 'open']),
  portMapping: z.boolean(),
  addressing: z.boolean(),
  providerNetworks: z.boolean(),
  instanceTypes: z.boolean(),
  zones: z.boolean(),
  spot: z.boolean(),
  mountsDisks: z.boolean(),
  imageListing: z.boolean(),
}) satisfies z.ZodType<VmmCapabilities>;

const checksSchema = z.object({
  checks: z.array(z.object({ right: z.string(), holds: z.boolean(), because: z.string() })).readonly(),
});

/** The name of an own cloud or one of the platform, or the key of one that is shared: `ana~lab`. */
const one = z.object({ cloud: z.string().min(1).max(400) });
const newName = z.object({
  name: z
    .string()
    .regex(siteNamePattern, 'must be lower-case letters, digits and -, beginning with a letter'),
});
const read = { right: 'cloud.read' } as const;
const change = { right: 'cloud.change' } as const;

export const cloudApi = defineRoutes({
  listClouds: {
    method: 'GET',
    path: '/api/clouds',
    summary: 'The VM managers on which the caller may deploy, in the order in which they are preferred.',
    response: z.object({ clouds: z.array(cloudSchema).readonly() }),
    access: read,
  },
  putCloud: {
    method: 'PUT',
    path: '/api/clouds/{name}',
    summary: 'Add or change a cloud of the caller, or as an administrator one of the platform.',
    params: newName,
    body: z.strictObject({
      product: z.string().max(63),
      endpoint: z.string().min(1).max(2000).exactOptional(),
      /** As the product wants them; never answered. Without them, those that are stored stay. */
      credentials: z.record(z.string(), z.json()).exactOptional(),
      /** Who else may use it. One of the platform is for everybody without. */
      groups: z.array(z.string().min(1).max(200)).max(100).exactOptional(),
      price: price.exactOptional(),
      scope: z.enum(['own', 'platform']).default('own'),
      /** Nothing is changed; what stands against it is told as without. */
      dryRun: z.boolean().default(false),
    }),
    response: cloudSchema.extend({ change: z.enum(['added', 'changed', 'unchanged']) }),
    access: change,
  },
  showCloud: {
    method: 'GET',
    path: '/api/clouds/{cloud}',
    summary: 'One cloud with what its VM manager is able to do.',
    params: one,
    response: z.object({ cloud: cloudSchema, capabilities: capabilitiesSchema }),
    access: read,
  },
  removeCloud: {
    method: 'DELETE',
    path: '/api/clouds/{cloud}',
    summary: 'Forget a cloud that no infrastructure uses, with its credentials.',
    params: one,
    response: z.object({}),
    access: change,
  },
  testCloud: {
    method: 'POST',
    path: '/api/clouds/{cloud}/test',
    summary: 'Ask a cloud whether it answers and what its credentials allow.',
    params: one,
    response: checksSchema,
    access: read,
  },
  cloudQuota: {
    method: 'GET',
    path: '/api/clouds/{cloud}/quota',
    summary: 'What a cloud grants, and what of it is used.',
    params: one,
    response: quotaSchema,
    access: read,
  },
});

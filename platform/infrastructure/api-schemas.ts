import type { ShellEndpoint } from '@trencadis/contextualization';
import { type Id, type IdKind, parseId } from '@trencadis/ids';
import { z } from 'zod';
import { driftKinds } from './drift.ts';
import { planKinds } from './model.ts';

/** What goes over the wire: the model with times as ISO 8601 text. */

/** The brand is known to the compiler only, so that ids are also answered by this schema. */
export function id<Kind extends IdKind>(kind: Kind): z.ZodType<Id<Kind>, string> {
  const text = z.string().refine((given) => parseId(kind, given) !== undefined, `not a ${kind}`);
  return text as unknown as z.ZodType<Id<Kind>, string>;
}

export const date = z.iso.datetime();

export const diagnosticSchema = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  message: z.string(),
  span: z.object({ start: z.number(), end: z.number(), line: z.number(), column: z.number() }),
  hint: z.string().exactOptional(),
});

const dialect = z.enum(['im', 'paper', 'trencadis']);

export const documentSchema = z.object({
  radl: z.string().min(1),
  dialect,
  parameters: z.record(z.string(), z.unknown()).default({}),
});

export const shareSchema = z.object({ group: z.string().min(1), right: z.enum(['read', 'change']) });

export const infrastructureSchema = z.object({
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  createdAt: date,
  vmCount: z.number(),
  vmms: z.array(z.string()).readonly(),
  shares: z.array(shareSchema).readonly(),
  expiresAt: date.exactOptional(),
  isDestroyRequested: z.boolean(),
  activePlanId: z.string().exactOptional(),
});
export type InfrastructureView = z.output<typeof infrastructureSchema>;

const vms = z.array(id('VmName')).min(1);
const radl = z.string().min(1);

/** See change-request.ts. */
export const changeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('deploy'), document: documentSchema }),
  z.object({ kind: z.literal('add'), radl, dialect: dialect.exactOptional() }),
  z.object({ kind: z.literal('remove'), vms }),
  z.object({ kind: z.literal('alter'), vm: id('VmName'), radl, dialect: dialect.exactOptional() }),
  z.object({ kind: z.enum(['start', 'stop', 'reboot']), vms: vms.exactOptional() }),
  z.object({
    kind: z.literal('reconfigure'),
    vms: vms.exactOptional(),
    radl: radl.exactOptional(),
    dialect: dialect.exactOptional(),
  }),
  z.object({
    kind: z.literal('snapshot'),
    vm: id('VmName'),
    imageName: z.string().regex(/^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/, 'not a DNS label'),
  }),
  z.object({ kind: z.literal('repair') }),
  z.object({ kind: z.literal('destroy') }),
]);

const verdictSchema = z.object({ holds: z.boolean(), because: z.string() });

const imageChoiceSchema = z.object({
  systemId: z.string(),
  vmm: z.string().exactOptional(),
  vmiId: z.string(),
  vmiName: z.string(),
  url: z.string().exactOptional(),
  digest: z.string().exactOptional(),
  score: z.number(),
  verdicts: z.array(verdictSchema).readonly(),
});

const placementSchema = z.object({
  systemIds: z.array(z.string()).readonly(),
  vmm: z.string(),
  because: z.string(),
  others: z.array(z.object({ vmm: z.string(), because: z.string(), isPossible: z.boolean() })).readonly(),
});

export const planKindSchema = z.enum(planKinds);

export const planSchema = z.object({
  id: z.string(),
  infrastructureId: z.string(),
  kind: planKindSchema,
  continues: z.string().exactOptional(),
  steps: z
    .array(
      z.object({
        id: z.string(),
        kind: z.string(),
        title: z.string(),
        args: z.unknown(),
        after: z.array(z.string()).readonly(),
        waitsFor: z.literal('end').exactOptional(),
      }),
    )
    .readonly(),
  images: z.array(imageChoiceSchema).readonly(),
  placements: z.array(placementSchema).readonly(),
  cost: z
    .object({ currency: z.string(), perHour: z.number(), unpriced: z.array(z.string()).readonly() })
    .exactOptional(),
  quotas: z
    .array(
      z.object({
        whose: z.string(),
        what: z.enum(['vms', 'cpuCount', 'memoryMiB']),
        used: z.number(),
        asked: z.number(),
        limit: z.number(),
      }),
    )
    .readonly(),
  /** The lease from when it is applied; `null`: none. */
  expiresAt: date.nullable().exactOptional(),
  createdAt: date,
  createdBy: z.string(),
});
export type PlanView = z.output<typeof planSchema>;

export const planSummarySchema = z.object({
  id: z.string(),
  kind: planKindSchema,
  stepCount: z.number(),
  createdAt: date,
  createdBy: z.string(),
});
export type PlanSummaryView = z.output<typeof planSummarySchema>;

export const planningSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('problems'), diagnostics: z.array(diagnosticSchema).readonly() }),
  z.object({
    kind: z.literal('planned'),
    infrastructure: infrastructureSchema,
    plan: planSchema,
    diagnostics: z.array(diagnosticSchema).readonly(),
  }),
]);
export type PlanningView = z.output<typeof planningSchema>;

const stepState = z.enum([
  'waiting',
  'running',
  'succeeded',
  'failed',
  'skipped',
  'undoing',
  'undone',
  'undo-failed',
]);
export const sagaStatus = z.enum(['planned', 'running', 'succeeded', 'undoing', 'undone', 'kept', 'stuck']);

const vmStatusSchema = z.object({
  name: z.string(),
  systemId: z.string(),
  vmm: z.string(),
  ordinal: z.number(),
  status: z.enum(['creating', 'running', 'stopped', 'failed', 'absent', 'unknown']),
  isStopped: z.boolean(),
  isConfigured: z.boolean(),
  addresses: z.record(z.string(), z.string()),
  /** Where outsiders reach it, if elsewhere. */
  publicAddresses: z.record(z.string(), z.string()).exactOptional(),
  instanceType: z.string().exactOptional(),
  zone: z.string().exactOptional(),
  endpoints: z.array(z.string()).readonly(),
  failure: z.string().exactOptional(),
});

const conditionSchema = z.object({
  type: z.enum(['Provisioned', 'Contextualized', 'AsDesired']),
  status: z.enum(['true', 'false', 'unknown']),
  reason: z.string(),
});

const phase = z.enum([
  'planned',
  'deploying',
  'deployed',
  'degraded',
  'unknown',
  'failed',
  'stuck',
  'destroying',
  'destroyed',
]);

/** `phase`: as its last plan left it. */
export const listedSchema = infrastructureSchema.extend({ phase });
export type ListedView = z.output<typeof listedSchema>;

export const statusSchema = z.object({
  infrastructure: infrastructureSchema,
  phase,
  conditions: z.array(conditionSchema).readonly(),
  vms: z.array(vmStatusSchema).readonly(),
  lastPlan: z
    .object({
      id: z.string(),
      kind: planKindSchema,
      saga: sagaStatus,
      steps: z
        .array(
          z.object({
            id: z.string(),
            title: z.string(),
            state: stepState,
            error: z.string().exactOptional(),
          }),
        )
        .readonly(),
    })
    .exactOptional(),
});
export type StatusView = z.output<typeof statusSchema>;

export const driftSchema = z.object({
  kind: z.enum(driftKinds),
  subject: z.string(),
  vmm: z.string(),
  expected: z.string(),
  observed: z.string(),
  isRepaired: z.boolean(),
  remedy: z.string(),
});
export type DriftView = z.output<typeof driftSchema>;

/** Whether all is as the document says, and what is not. */
export const driftReportSchema = z.object({
  condition: conditionSchema,
  drift: z.array(driftSchema).readonly(),
});
export type DriftReportView = z.output<typeof driftReportSchema>;

/** Of one plan. */
export const planStatusSchema = z.object({
  saga: sagaStatus,
  /** The plan that does the same at other VM managers, as this one found no room. */
  continuedBy: z.string().exactOptional(),
  /** Undone as it found no room, and the platform looks for another place: ask again for `continuedBy`. */
  mayContinue: z.boolean(),
});
export type PlanStatusView = z.output<typeof planStatusSchema>;

export const eventSchema = z.object({
  sequence: z.number(),
  stepId: z.string(),
  kind: z.string(),
  at: date,
  text: z.string().exactOptional(),
  errorCode: z.string().exactOptional(),
});
export type EventView = z.output<typeof eventSchema>;

export const shellSchema: z.ZodType<ShellEndpoint> = z.object({
  host: z.string(),
  port: z.number(),
  user: z.string(),
  privateKey: z.string(),
  hostKeys: z.array(z.string()).readonly(),
  /** The machine through which it is reached. */
  via: z.lazy(() => shellSchema).exactOptional(),
});

/** A `null` lease is no lease. */
export const termsSchema = z.object({
  owner: z.string().min(1).exactOptional(),
  shares: z.array(shareSchema).exactOptional(),
  expiresAt: date.nullable().exactOptional(),
});

import { defineRoutes } from '@trencadis/http';
import { type Id, type IdKind, parseId } from '@trencadis/ids';
import { z } from 'zod';

/** The platform's own API over infrastructures and plans; what the command line and the web console call. */

function id<Kind extends IdKind>(kind: Kind) {
  return z
    .string()
    .refine((text) => parseId(kind, text) !== undefined, `not a ${kind}`)
    .transform((text) => text as Id<Kind>);
}

const date = z.iso.datetime();

const diagnosticSchema = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  message: z.string(),
  span: z.object({ start: z.number(), end: z.number(), line: z.number(), column: z.number() }),
  hint: z.string().exactOptional(),
});

const documentSchema = z.object({
  radl: z.string().min(1),
  dialect: z.enum(['im', 'paper', 'trencadis']),
  parameters: z.record(z.string(), z.unknown()).default({}),
});

const infrastructureSchema = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: date,
  isDestroyRequested: z.boolean(),
  activePlanId: z.string().optional(),
});
export type InfrastructureView = z.output<typeof infrastructureSchema>;

const verdictSchema = z.object({ holds: z.boolean(), because: z.string() });

const planSchema = z.object({
  id: z.string(),
  infrastructureId: z.string(),
  kind: z.enum(['deploy', 'destroy']),
  steps: z
    .array(
      z.object({
        id: z.string(),
        kind: z.string(),
        title: z.string(),
        args: z.unknown(),
        after: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
  images: z
    .array(
      z.object({
        systemId: z.string(),
        vmiId: z.string(),
        vmiName: z.string(),
        digest: z.string().exactOptional(),
        score: z.number(),
        verdicts: z.array(verdictSchema).readonly(),
      }),
    )
    .readonly(),
  createdAt: date,
});
export type PlanView = z.output<typeof planSchema>;

const planningSchema = z.discriminatedUnion('kind', [
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
const sagaStatus = z.enum(['planned', 'running', 'succeeded', 'undoing', 'undone', 'kept', 'stuck']);

const statusSchema = z.object({
  infrastructure: infrastructureSchema,
  phase: z.enum([
    'planned',
    'deploying',
    'deployed',
    'degraded',
    'failed',
    'stuck',
    'destroying',
    'destroyed',
  ]),
  conditions: z
    .array(
      z.object({
        type: z.enum(['Provisioned', 'Contextualized']),
        status: z.enum(['true', 'false', 'unknown']),
        reason: z.string(),
      }),
    )
    .readonly(),
  vms: z
    .array(
      z.object({
        name: z.string(),
        systemId: z.string(),
        status: z.enum(['creating', 'running', 'stopped', 'failed', 'absent']),
        isConfigured: z.boolean(),
        addresses: z.record(z.string(), z.string()),
        endpoints: z.array(z.string()).readonly(),
        failure: z.string().optional(),
      }),
    )
    .readonly(),
  lastPlan: z
    .object({
      id: z.string(),
      kind: z.enum(['deploy', 'destroy']),
      saga: sagaStatus,
      steps: z
        .array(
          z.object({ id: z.string(), title: z.string(), state: stepState, error: z.string().optional() }),
        )
        .readonly(),
    })
    .optional(),
});
export type StatusView = z.output<typeof statusSchema>;

const eventSchema = z.object({
  sequence: z.number(),
  stepId: z.string(),
  kind: z.string(),
  at: date,
  text: z.string().optional(),
  errorCode: z.string().optional(),
});
export type EventView = z.output<typeof eventSchema>;

const shellSchema = z.object({
  host: z.string(),
  port: z.number(),
  user: z.string(),
  privateKey: z.string(),
  hostKeys: z.array(z.string()).readonly(),
});

const read = { right: 'infrastructure.read' };
const change = { right: 'infrastructure.change' };
const infrastructureParams = z.object({ infrastructureId: id('InfrastructureId') });
const planParams = z.object({ planId: id('PlanId') });

export const infrastructureApi = defineRoutes({
  plan: {
    method: 'POST',
    path: '/api/plans',
    summary:
      'Plan towards a RADL document; answers all its problems, or the stored plan. Changes nothing else.',
    body: z.object({ name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/), document: documentSchema }),
    response: planningSchema,
    access: change,
  },
  getPlan: {
    method: 'GET',
    path: '/api/plans/{planId}',
    summary: 'A stored plan.',
    params: planParams,
    response: planSchema,
    access: read,
  },
  apply: {
    method: 'POST',
    path: '/api/plans/{planId}/apply',
    summary: 'Start a stored plan; answers at once. Idempotent.',
    params: planParams,
    body: z.object({ onFailure: z.enum(['undo', 'keep']).default('undo') }),
    response: z.object({ planId: z.string() }),
    status: 202,
    access: change,
  },
  followPlan: {
    method: 'GET',
    path: '/api/plans/{planId}/events',
    summary: 'The plan’s events from the first, then live until it ends.',
    params: planParams,
    query: z.object({ after: z.coerce.number().int().nonnegative().default(0) }),
    response: eventSchema,
    stream: true,
    access: read,
  },
  planStatus: {
    method: 'GET',
    path: '/api/plans/{planId}/status',
    summary: 'Where the plan stands.',
    params: planParams,
    response: z.object({ saga: sagaStatus }),
    access: read,
  },
  list: {
    method: 'GET',
    path: '/api/infrastructures',
    summary: 'The caller’s infrastructures, oldest first.',
    response: z.object({ infrastructures: z.array(infrastructureSchema).readonly() }),
    access: read,
  },
  status: {
    method: 'GET',
    path: '/api/infrastructures/{infrastructureId}',
    summary: 'Observed now at the VM managers, never stored.',
    params: infrastructureParams,
    response: statusSchema,
    access: read,
  },
  destroy: {
    method: 'DELETE',
    path: '/api/infrastructures/{infrastructureId}',
    summary: 'Stop what runs and remove everything; answers the plan that does so. Idempotent.',
    params: infrastructureParams,
    response: planSchema,
    status: 202,
    access: change,
  },
  authority: {
    method: 'GET',
    path: '/api/infrastructures/{infrastructureId}/authority',
    summary: 'The certificate of the authority that vouches for the infrastructure’s services.',
    params: infrastructureParams,
    response: z.object({ certificatePem: z.string() }),
    access: read,
  },
  shell: {
    method: 'GET',
    path: '/api/infrastructures/{infrastructureId}/vms/{vmName}/shell',
    summary: 'Where and with which key SSH reaches a VM. Holds a private key.',
    params: infrastructureParams.extend({ vmName: id('VmName') }),
    response: shellSchema,
    access: change,
  },
});

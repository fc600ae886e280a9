import { defineRoutes } from '@trencadis/http';
import { z } from 'zod';
import {
  changeSchema,
  date,
  documentSchema,
  eventSchema,
  id,
  infrastructureSchema,
  planSchema,
  planSummarySchema,
  planningSchema,
  sagaStatus,
  shellSchema,
  statusSchema,
  termsSchema,
} from './api-schemas.ts';
import { transferRoutes } from './transfer-api.ts';

/** The platform's own API over infrastructures and plans; what the command line and the web console call. */

const read = { right: 'infrastructure.read' };
const change = { right: 'infrastructure.change' };
const infrastructureParams = z.object({ infrastructureId: id('InfrastructureId') });
const vmParams = infrastructureParams.extend({ vmName: id('VmName') });
const planParams = z.object({ planId: id('PlanId') });
/** Documents of 10,000 systems are a few megabytes. */
const bodyLimitBytes = 8 * 1024 * 1024;

export const infrastructureApi = defineRoutes({
  ...transferRoutes,
  plan: {
    method: 'POST',
    path: '/api/plans',
    summary:
      'Plan towards a RADL document; answers all its problems, or the stored plan. Changes nothing else.',
    body: z.object({
      name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
      document: documentSchema,
      expiresAt: date.exactOptional(),
    }),
    bodyLimitBytes,
    idempotent: 'by-key',
    response: planningSchema,
    access: change,
  },
  planChange: {
    method: 'POST',
    path: '/api/infrastructures/{infrastructureId}/plans',
    summary: 'Plan any change of what is deployed; answers the stored plan. Changes nothing else.',
    params: infrastructureParams,
    body: changeSchema,
    bodyLimitBytes,
    idempotent: 'by-key',
    response: planningSchema,
    access: change,
  },
  listPlans: {
    method: 'GET',
    path: '/api/infrastructures/{infrastructureId}/plans',
    summary: 'Its plans, newest first, without their steps.',
    params: infrastructureParams,
    response: z.object({ plans: z.array(planSummarySchema).readonly() }),
    access: read,
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
  cancel: {
    method: 'POST',
    path: '/api/plans/{planId}/cancel',
    summary: 'Stop a running plan and undo or keep what it did; answers at once.',
    params: planParams,
    body: z.object({ mode: z.enum(['undo', 'keep']).default('undo') }),
    response: z.object({ planId: z.string() }),
    status: 202,
    access: change,
  },
  resume: {
    method: 'POST',
    path: '/api/plans/{planId}/resume',
    summary: 'Go on with a plan that is stuck; answers at once.',
    params: planParams,
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
    eventId: { field: 'sequence', query: 'after' },
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
    summary: 'The caller’s infrastructures and those shared with them, oldest first.',
    response: z.object({ infrastructures: z.array(infrastructureSchema).readonly() }),
    access: read,
  },
  status: {
    method: 'GET',
    path: '/api/infrastructures/{infrastructureId}',
    summary: 'As observed at the VM managers: now with `fresh`, else at most a second ago.',
    params: infrastructureParams,
    query: z.object({ fresh: z.stringbool().default(false) }),
    response: statusSchema,
    etag: true,
    access: read,
  },
  getDocument: {
    method: 'GET',
    path: '/api/infrastructures/{infrastructureId}/document',
    summary: 'The RADL document that it is deployed from, with every change so far.',
    params: infrastructureParams,
    response: documentSchema,
    access: read,
  },
  changeTerms: {
    method: 'PATCH',
    path: '/api/infrastructures/{infrastructureId}',
    summary: 'Change who owns it, which groups share it, or until when it lives.',
    params: infrastructureParams,
    body: termsSchema,
    response: infrastructureSchema,
    access: change,
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
    params: vmParams,
    response: shellSchema,
    access: change,
  },
  console: {
    method: 'GET',
    path: '/api/infrastructures/{infrastructureId}/vms/{vmName}/console',
    summary: 'The end of a VM’s console output.',
    params: vmParams,
    response: z.object({ text: z.string() }),
    access: read,
  },
});

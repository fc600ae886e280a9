import { defineRoutes } from '@trencadis/http';
import { z } from 'zod';
import {
  evaluationSchema,
  id,
  listedServiceSchema,
  metricsSchema,
  processesSchema,
  protectSchema,
  rollSchema,
  scaleSchema,
  serviceEventSchema,
  serviceStatusSchema,
  signalSchema,
  standbySchema,
} from './api-schemas.ts';

/** Deployed services: how they are, and what an operator changes of them. */

const read = { right: 'infrastructure.read' };
const change = { right: 'infrastructure.change' };
/** Also of the service's own token. */
const report = { right: 'replica.report' };
const infrastructureParams = z.object({ infrastructureId: id('InfrastructureId') });
const params = infrastructureParams.extend({ service: z.string().min(1) });
const done = z.object({});
const path = '/api/infrastructures/{infrastructureId}/services/{service}';
const mostEvaluations = 500;
const mostEvents = 10_000;

export const serviceControlApi = defineRoutes({
  listAllDeployedServices: {
    method: 'GET',
    path: '/api/deployed-services',
    summary: 'The services of all infrastructures that the caller may read.',
    response: z.object({ services: z.array(listedServiceSchema).readonly() }),
    access: read,
  },
  listDeployedServices: {
    method: 'GET',
    path: '/api/infrastructures/{infrastructureId}/services',
    summary: 'The services of an infrastructure: groups of replicas that are kept.',
    params: infrastructureParams,
    response: z.object({ services: z.array(listedServiceSchema).readonly() }),
    access: read,
  },
  serviceStatus: {
    method: 'GET',
    path,
    summary: 'A service with its replicas, as the platform sees it.',
    params,
    response: serviceStatusSchema,
    access: read,
  },
  scaleService: {
    method: 'POST',
    path: `${path}/scale`,
    summary: 'Change the number of replicas, or its bounds. Outside of the bounds only if forced.',
    params,
    body: scaleSchema,
    response: serviceStatusSchema,
    access: change,
  },
  suspendService: {
    method: 'POST',
    path: `${path}/suspend`,
    summary: 'Stop some of launch, terminate, replace, scale and schedule, or all of them.',
    params,
    body: processesSchema,
    response: serviceStatusSchema,
    access: change,
  },
  resumeService: {
    method: 'POST',
    path: `${path}/resume`,
    summary: 'Go on with what was suspended, or some of it.',
    params,
    body: processesSchema,
    response: serviceStatusSchema,
    access: change,
  },
  protectReplicas: {
    method: 'POST',
    path: `${path}/protect`,
    summary: 'Protect replicas from being chosen when there are too many, or no longer.',
    params,
    body: protectSchema,
    response: serviceStatusSchema,
    access: change,
  },
  standByReplicas: {
    method: 'POST',
    path: `${path}/standby`,
    summary: 'Take replicas out of service without ending them, or bring them back.',
    params,
    body: standbySchema,
    response: serviceStatusSchema,
    access: change,
  },
  thawService: {
    method: 'POST',
    path: `${path}/thaw`,
    summary: 'Go on with replacements that were frozen as too many replicas had turned unhealthy at once.',
    params,
    response: serviceStatusSchema,
    access: change,
  },
  rollService: {
    method: 'POST',
    path: `${path}/roll`,
    summary: 'Begin, pause or go on with a rolling update; with `refresh` of all replicas.',
    params,
    body: rollSchema,
    response: serviceStatusSchema,
    access: change,
  },
  rollBackService: {
    method: 'POST',
    path: `${path}/rollback`,
    summary: 'Go back to the document of before; answers the plan that does so.',
    params,
    response: z.object({ planId: z.string().exactOptional() }),
    status: 202,
    access: change,
  },
  signalHook: {
    method: 'POST',
    path: `${path}/hooks/{vmName}`,
    summary: 'Tell a life-cycle hook that waits on a replica how it goes on, or that it takes longer.',
    params: params.extend({ vmName: id('VmName') }),
    body: signalSchema,
    response: done,
    access: report,
  },
  listEvaluations: {
    method: 'GET',
    path: `${path}/evaluations`,
    summary: 'Why it was decided so, newest first; with snapshots as `trencadis service replay` takes them.',
    params,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(mostEvaluations).default(20),
      /** Only those that changed something. */
      decisions: z.stringbool().default(false),
      snapshots: z.stringbool().default(false),
    }),
    response: z.object({ evaluations: z.array(evaluationSchema.partial({ snapshot: true })).readonly() }),
    access: read,
  },
  followServiceEvents: {
    method: 'GET',
    path: `${path}/events`,
    summary: 'What happened to the service, oldest first; with `follow` also what happens from now on.',
    params,
    query: z.object({
      /** Only what came after that sequence. */
      after: z.coerce.number().int().nonnegative().exactOptional(),
      /** Of what is past without `after`. */
      last: z.coerce.number().int().nonnegative().max(mostEvents).default(50),
      follow: z.stringbool().default(false),
    }),
    response: serviceEventSchema,
    stream: true,
    eventId: { field: 'sequence', query: 'after' },
    access: read,
  },
  pushMetrics: {
    method: 'PUT',
    path: `${path}/metrics`,
    summary: 'Figures of the service’s own, of one replica or of all together, for its policies.',
    params,
    body: metricsSchema,
    response: done,
    access: report,
  },
  beat: {
    method: 'PUT',
    path: `${path}/heartbeats/{vmName}`,
    summary: 'A replica’s sign of life.',
    params: params.extend({ vmName: id('VmName') }),
    response: done,
    access: report,
  },
  issueServiceToken: {
    method: 'POST',
    path: `${path}/tokens`,
    summary: 'A token with which replicas report: push figures, beat, signal hooks. It is not kept here.',
    params,
    body: z.object({ expiresInDays: z.number().int().min(1).max(3650).default(90) }),
    response: z.object({ token: z.string(), expiresAt: z.string() }),
    status: 201,
    access: change,
  },
});

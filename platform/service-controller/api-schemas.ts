import type { GroupCondition, GroupEvent, GroupSnapshot, ReplicaPhase } from '@trencadis/availability';
import { type Id, type IdKind, parseId } from '@trencadis/ids';
import { z } from 'zod';
import { processes } from './processes.ts';

/** What goes over the wire: the model with times as ISO 8601 text. */

/** The brand is known to the compiler only, so that ids are also answered by this schema. */
export function id<Kind extends IdKind>(kind: Kind): z.ZodType<Id<Kind>, string> {
  const text = z.string().refine((given) => parseId(kind, given) !== undefined, `not a ${kind}`);
  return text as unknown as z.ZodType<Id<Kind>, string>;
}

const date = z.iso.datetime();
const conditions = ['ok', 'degraded', 'frozen'] as const satisfies GroupCondition[];
const phases = [
  'requested',
  'booting',
  'configuring',
  'joining',
  'warming',
  'in-service',
  'draining',
  'terminating',
  'standby',
  'failed',
  'unknown',
] as const satisfies ReplicaPhase[];
const vmStates = [
  'creating',
  'running',
  'stopped',
  'failed',
  'absent',
  'unknown',
] as const satisfies readonly GroupSnapshot['replicas'][number]['vm'][];
const eventKinds = [
  'phase',
  'unhealthy',
  'healthy',
  'replace',
  'launch-failed',
  'scale',
  'schedule',
  'frozen',
  'resumed',
  'roll',
  'degraded',
  'recovered',
  'changed',
] as const satisfies GroupEvent['kind'][];

const processSchema = z.enum(processes);
const count = z.number().int().nonnegative();
const vms = z.array(id('VmName')).min(1);

/** A deployed service among others. */
export const listedServiceSchema = z.object({
  infrastructureId: z.string(),
  infrastructureName: z.string(),
  owner: z.string(),
  service: z.string(),
  systemId: z.string(),
  /** Who keeps it: the platform, or the VM manager's own engine. */
  engine: z.enum(['platform', 'native']),
  desired: z.number(),
  min: z.number(),
  max: z.number(),
  inService: z.number(),
  condition: z.enum(conditions),
  /** Why it is not ok. */
  because: z.string().exactOptional(),
  /** Where clients reach it, the one to use first. */
  endpoints: z.array(z.string()).readonly(),
});
export type ListedServiceView = z.output<typeof listedServiceSchema>;

const replicaSchema = z.object({
  name: z.string(),
  number: z.number(),
  /** As `replicas.clouds` calls it; empty where the document names none. */
  cloud: z.string(),
  zone: z.string().exactOptional(),
  address: z.string().exactOptional(),
  phase: z.enum(phases),
  vm: z.enum(vmStates),
  /** At the balancer. */
  member: z.string().exactOptional(),
  sessions: z.number().exactOptional(),
  isProtected: z.boolean(),
  isOutdated: z.boolean(),
  /** Why it is unhealthy. */
  because: z.string().exactOptional(),
});

const decisionSchema = z.object({
  at: date,
  desiredBefore: z.number(),
  desiredAfter: z.number(),
  verdict: z.string(),
});

export const serviceStatusSchema = listedServiceSchema.extend({
  /** The bounds are not the document's. */
  hasOwnBounds: z.boolean(),
  suspended: z.array(processSchema).readonly(),
  frozenSince: date.exactOptional(),
  /** What is not known to be well beside the replicas. */
  troubles: z.array(z.string()).readonly(),
  replicas: z.array(replicaSchema).readonly(),
  roll: z
    .object({
      startedAt: date,
      total: z.number(),
      rolled: z.number(),
      isPaused: z.boolean(),
      waitsUntil: date.exactOptional(),
      isRollback: z.boolean(),
      failed: z.string().exactOptional(),
    })
    .exactOptional(),
  /** What the plan that runs, or is about to, does for the service. */
  pending: z.object({ since: date, because: z.string(), planId: z.string().exactOptional() }).exactOptional(),
  policies: z.array(z.object({ id: z.string(), kind: z.string(), metric: z.string() })).readonly(),
  /** The newest ones that changed something, newest first. */
  decisions: z.array(decisionSchema).readonly(),
  /** When the replicas were seen so; absent: not yet. */
  seenAt: date.exactOptional(),
});
export type ServiceStatusView = z.output<typeof serviceStatusSchema>;

const findingSchema = z.object({
  rule: z.string(),
  text: z.string(),
  values: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
});

/** Why it was decided so (AS-16). */
export const evaluationSchema = decisionSchema.extend({
  /** It began something, or changed what is desired. */
  isDecision: z.boolean(),
  findings: z.array(findingSchema).readonly(),
  /** All that it was decided on, as `service replay` takes it. */
  snapshot: z.unknown(),
});
export type EvaluationView = z.output<typeof evaluationSchema>;

export const serviceEventSchema = z.object({
  sequence: z.number(),
  at: date,
  kind: z.enum(eventKinds),
  vm: z.string().exactOptional(),
  text: z.string(),
});
export type ServiceEventView = z.output<typeof serviceEventSchema>;

export const scaleSchema = z.object({
  desired: count.exactOptional(),
  min: count.exactOptional(),
  max: count.exactOptional(),
  resetsBounds: z.boolean().default(false),
  /** Moves the bound that is in the way. */
  isForced: z.boolean().default(false),
});
export const processesSchema = z.object({ processes: z.array(processSchema).default([]) });
export const protectSchema = z.object({ vms, isProtected: z.boolean().default(true) });
export const standbySchema = z.object({ vms, isStandby: z.boolean().default(true) });
export const rollSchema = z.object({ act: z.enum(['start', 'refresh', 'pause', 'resume']) });
export const signalSchema = z.object({ verdict: z.enum(['continue', 'abandon', 'heartbeat']) });
export const metricsSchema = z.object({
  vm: id('VmName').exactOptional(),
  metrics: z.record(z.string().regex(/^[a-z][a-z0-9._-]{0,62}$/), z.number()),
});

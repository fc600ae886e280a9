import { type Id, type IdKind, parseId } from '@trencadis/ids';
import { z } from 'zod';

/** Arguments of the steps of groups that a VM manager's own engine keeps: parsed again when a plan is read back. */
function id<Kind extends IdKind>(kind: Kind) {
  return z.custom<Id<Kind>>(
    (value) => typeof value === 'string' && parseId(kind, value) !== undefined,
    `not a ${kind}`,
  );
}

const wish = {
  id: z.string(),
  metric: z.string(),
  statistic: z.enum(['mean', 'min', 'max', 'p90', 'sum']),
};

const sustained = z.object({
  ...wish,
  kind: z.enum(['above', 'below']),
  threshold: z.number(),
  forMs: z.number(),
  step: z.number(),
  ceiling: z.number().exactOptional(),
});

const alarm = z.object({
  ...wish,
  kind: z.enum(['simple', 'step']),
  comparison: z.enum(['above', 'below']),
  threshold: z.number(),
  datapoints: z.number(),
  ofDatapoints: z.number(),
  missing: z.enum(['missing', 'breaching', 'not-breaching', 'ignore']),
  adjustment: z.enum(['change', 'exact', 'percent']),
  leastChange: z.number(),
  steps: z
    .array(z.object({ from: z.number().exactOptional(), to: z.number().exactOptional(), amount: z.number() }))
    .readonly(),
  cooldownMs: z.number(),
});

const target = z.object({
  ...wish,
  kind: z.literal('target'),
  target: z.number(),
  tolerance: z.number(),
  scalesIn: z.boolean(),
});

const schedule = z.object({
  id: z.string(),
  at: z.string(),
  timeZone: z.string(),
  replicas: z.number().exactOptional(),
  min: z.number().exactOptional(),
  max: z.number().exactOptional(),
});

const group = z.object({
  name: id('VmName'),
  launch: z.object({
    image: z.string(),
    instanceType: z.string(),
    networks: z.array(z.string()).readonly(),
    userData: z.string(),
  }),
  min: z.number(),
  max: z.number(),
  pools: z.array(z.object({ balancer: z.string(), pool: z.string() })).readonly(),
  graceMs: z.number(),
  warmupMs: z.number(),
  victim: z.enum(['oldest', 'newest']),
  policies: z.array(z.union([sustained, alarm, target])).readonly(),
  schedules: z.array(schedule).readonly(),
});

export const applyScalingGroupArgs = z.object({
  infrastructureId: id('InfrastructureId'),
  vmm: z.string().min(1),
  group,
  digest: id('Sha256'),
  isNew: z.boolean(),
});
export type ApplyScalingGroupArgs = z.infer<typeof applyScalingGroupArgs>;

export const deleteScalingGroupArgs = z.object({
  infrastructureId: id('InfrastructureId'),
  vmm: z.string().min(1),
  name: id('VmName'),
});
export type DeleteScalingGroupArgs = z.infer<typeof deleteScalingGroupArgs>;

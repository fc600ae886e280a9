import { type Id, type IdKind, parseId } from '@trencadis/ids';
import { z } from 'zod';

/** Arguments of the steps that a service needs: parsed again when a plan is read back. Names, never secrets. */
function id<Kind extends IdKind>(kind: Kind) {
  return z.custom<Id<Kind>>(
    (value) => typeof value === 'string' && parseId(kind, value) !== undefined,
    `not a ${kind}`,
  );
}

const protocol = z.enum(['tcp', 'http', 'https']);
const port = z.number().int().min(1).max(65_535);
const names = z.array(id('VmName')).readonly();
const infrastructureId = id('InfrastructureId');

/** Where a balancer is: all that it takes to speak to it. */
const balancerPlace = z.object({
  name: id('VmName'),
  kind: z.enum(['haproxy', 'native']),
  vmm: z.string().min(1),
  hosts: names,
  networks: z.array(id('NetworkName')).readonly(),
  /** The document's id of the network through whose `proxy_host` SSH reaches the hosts. */
  bastion: z.string().exactOptional(),
});
export type BalancerPlace = z.infer<typeof balancerPlace>;

const frontend = z.object({
  name: z.string(),
  port,
  protocol,
  routes: z
    .array(
      z.object({
        host: z.string().exactOptional(),
        pathPrefix: z.string().exactOptional(),
        pool: z.string(),
      }),
    )
    .readonly(),
  defaultPool: z.string().exactOptional(),
});

const check = z.object({
  protocol,
  port: port.exactOptional(),
  method: z.enum(['GET', 'HEAD', 'OPTIONS']),
  path: z.string(),
  host: z.string().exactOptional(),
  status: z.number(),
  intervalMs: z.number(),
  timeoutMs: z.number(),
  fall: z.number(),
  rise: z.number(),
});

const pool = z.object({
  name: z.string(),
  protocol,
  algorithm: z.enum(['roundrobin', 'leastconn', 'source']),
  isSticky: z.boolean(),
  drainMs: z.number(),
  slowStartMs: z.number(),
  failsOpen: z.boolean(),
  check,
  group: z.object({ port }).exactOptional(),
});

const member = z.object({
  infrastructureId,
  vmm: z.string().min(1),
  name: id('VmName'),
  serviceId: z.string(),
  balancer: balancerPlace.exactOptional(),
  pool: z.string(),
  port,
});

/** `members`: the replicas that may be joined already, which a balancer that is made anew takes up again. */
export const applyBalancerArgs = z.object({
  infrastructureId,
  balancer: balancerPlace,
  isPair: z.boolean(),
  virtualAddress: z.string().exactOptional(),
  frontends: z.array(frontend).readonly(),
  pools: z.array(pool).readonly(),
  members: z
    .array(member.pick({ vmm: true, name: true, serviceId: true, pool: true, port: true }))
    .readonly(),
  digest: id('Sha256'),
  isNew: z.boolean(),
});
export type ApplyBalancerArgs = z.infer<typeof applyBalancerArgs>;

export const deleteBalancerArgs = z.object({ infrastructureId, balancer: balancerPlace });
export type DeleteBalancerArgs = z.infer<typeof deleteBalancerArgs>;

export const joinServiceArgs = member.extend({
  health: check.extend({ protocol: z.enum(['none', 'tcp', 'http', 'https']), port }),
});
export type JoinServiceArgs = z.infer<typeof joinServiceArgs>;

export const leaveServiceArgs = member.extend({ drainMs: z.number() });
export type LeaveServiceArgs = z.infer<typeof leaveServiceArgs>;

const bastion = z.string().exactOptional();

export const monitorVmArgs = z.object({
  infrastructureId,
  vmm: z.string().min(1),
  name: id('VmName'),
  bastion,
});
export type MonitorVmArgs = z.infer<typeof monitorVmArgs>;

export const runHookArgs = monitorVmArgs.extend({
  serviceId: z.string(),
  when: z.enum(['launch', 'terminate']),
  command: z.string().exactOptional(),
  url: z.string().exactOptional(),
  awaitsSignal: z.boolean(),
  timeoutMs: z.number(),
  otherwise: z.enum(['continue', 'abandon']),
});
export type RunHookArgs = z.infer<typeof runHookArgs>;

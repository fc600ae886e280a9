/** What a document's `service` section asks for, with all defaults filled in. Plain JSON; times in milliseconds. */
export interface ServiceSpec {
  readonly id: string;
  /** The system that each replica is made of. */
  readonly systemId: string;
  readonly replicas: ReplicaSpec;
  /** Absent: there is no balancer. */
  readonly balancing?: BalancingSpec;
  readonly health: HealthSpec;
  readonly scaling: ScalingSpec;
  readonly roll: RollSpec;
  readonly hooks: { readonly launch?: HookSpec; readonly terminate?: HookSpec };
}

export interface ReplicaSpec {
  readonly min: number;
  /** At least `min`. */
  readonly max: number;
  /** Replicas above `max` while unhealthy ones are replaced; absent: max(1, ceil(10 % of desired)). */
  readonly surge?: number;
  readonly replace: 'launch-first' | 'terminate-first';
  /** VM managers by name or key, the preferred one first; empty: placed as any other system, told apart by no name. */
  readonly clouds: readonly string[];
  /** `fallback`: the first that has room. `spread`: evenly. Of no meaning without `clouds`. */
  readonly place: 'fallback' | 'spread';
  readonly mostPerCloud?: number;
  /** Which one leaves where nothing else decides. */
  readonly victim: 'oldest' | 'newest';
  /** Launched at once, in the group and at each VM manager. */
  readonly mostBooting: number;
  /** Launches of one slot that may fail one after the other at one VM manager. */
  readonly retries: number;
}

export interface BalancingSpec {
  /** `haproxy`: VMs of ours. `native`: the VM manager's own (ELBv2, Octavia). */
  readonly kind: 'haproxy' | 'native';
  readonly port: number;
  /** What clients speak. `tcp` passes TLS through; `https` ends it at the balancer. */
  readonly protocol: 'tcp' | 'http' | 'https';
  readonly targetPort: number;
  /** What replicas speak. */
  readonly targetProtocol: 'tcp' | 'http' | 'https';
  readonly algorithm: 'roundrobin' | 'leastconn' | 'source';
  readonly isSticky: boolean;
  readonly drainMs: number;
  readonly slowStartMs: number;
  readonly failsOpen: boolean;
  /** Two balancer VMs and an address that moves between them. */
  readonly isPair: boolean;
  /** That address; absent: one of the network's is taken. */
  readonly virtualAddress?: string;
  /** The service at whose balancer this one is, told apart by host name or path. */
  readonly sharedWith?: string;
  readonly host?: string;
  readonly pathPrefix?: string;
}

/** HC-02: worst detection is `fall * intervalMs + timeoutMs`. */
export interface HealthSpec {
  /** `none`: the service asks for no check; only its VMs' state counts. */
  readonly protocol: 'none' | 'tcp' | 'http' | 'https';
  readonly port: number;
  readonly path: string;
  readonly host?: string;
  readonly method: 'GET' | 'HEAD' | 'OPTIONS';
  readonly status: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly fall: number;
  readonly rise: number;
  /** From InService on, failed checks do not count for so long; a VM that does not run counts all the same. */
  readonly graceMs: number;
  /** A replica that has sent no heartbeat for so long is unhealthy; absent: none are expected. */
  readonly heartbeatMs?: number;
  /** `any`: one source that calls it unhealthy is enough. `all`: every source that there is has to. */
  readonly combine: 'any' | 'all';
}

export interface ScalingSpec {
  /** `native`: the VM manager's own engine (Amazon's Auto Scaling groups). */
  readonly engine: 'platform' | 'native';
  readonly policies: readonly ScalingPolicy[];
  readonly schedules: readonly ScheduleSpec[];
  /** AS-12: a new replica counts in no metric for so long, and nothing is scaled in while there is one. */
  readonly warmupMs: number;
  /** AS-10: 0 and 300 s. */
  readonly stabilization: { readonly upMs: number; readonly downMs: number };
  /** AS-11; empty: no limit. */
  readonly limits: { readonly up: readonly RateLimit[]; readonly down: readonly RateLimit[] };
  readonly limitChoice: 'max' | 'min' | 'disabled';
  /** Between two samples of a metric, AS-01. */
  readonly periodMs: number;
}

export type Statistic = 'mean' | 'min' | 'max' | 'p90' | 'sum';

export interface MetricWish {
  /** `cpu`, `memory`, `disk` in %, `network` in bytes/s, `requests` per second and replica, `latency` in ms, or a service's own. */
  readonly metric: string;
  readonly statistic: Statistic;
}

/** `id` is unique within the service and names it in explanations. */
export type ScalingPolicy = { readonly id: string } & MetricWish &
  (SustainedPolicy | AlarmPolicy | TargetPolicy);

/** The paper's (AS-02) and its opposite (AS-03): held without a gap for so long. */
export interface SustainedPolicy {
  readonly kind: 'above' | 'below';
  /** Strictly. */
  readonly threshold: number;
  readonly forMs: number;
  /** Replicas added or taken. */
  readonly step: number;
  /** `below`: only if the mean of those that are left would be less than this: 10 under what replicas are added at. */
  readonly ceiling?: number;
}

/** AS-04 to AS-07: an alarm of M of N datapoints, and what it does. */
export interface AlarmPolicy {
  readonly kind: 'simple' | 'step';
  readonly comparison: 'above' | 'below';
  readonly threshold: number;
  readonly datapoints: number;
  readonly ofDatapoints: number;
  readonly missing: 'missing' | 'breaching' | 'not-breaching' | 'ignore';
  readonly adjustment: 'change' | 'exact' | 'percent';
  readonly leastChange: number;
  /** Of `simple`: one, without bounds. Of `step`: bounds relative to the threshold, absent: unbounded. */
  readonly steps: readonly { readonly from?: number; readonly to?: number; readonly amount: number }[];
  /** Of `simple`, from the completion of what it did; 300 s. */
  readonly cooldownMs: number;
}

/** AS-08. */
export interface TargetPolicy {
  readonly kind: 'target';
  readonly target: number;
  /** 0.1. */
  readonly tolerance: number;
  readonly scalesIn: boolean;
}

export interface RateLimit {
  readonly amount: number;
  readonly unit: 'replicas' | 'percent';
  readonly periodMs: number;
}

/** AS-13. Of `replicas`, `min` and `max` at least one. */
export interface ScheduleSpec {
  readonly id: string;
  /** Five fields of cron, or an ISO 8601 instant for once. */
  readonly at: string;
  /** IANA time zone; `UTC`. */
  readonly timeZone: string;
  readonly replicas?: number;
  readonly min?: number;
  readonly max?: number;
}

/** RS-12; percent of the desired replicas. */
export interface RollSpec {
  readonly minHealthyPercent: number;
  readonly maxHealthyPercent: number;
  /** Percent of replicas rolled after which it waits; empty: none. */
  readonly checkpoints: readonly number[];
  readonly checkpointDelayMs: number;
  /** Goes back by itself when it fails. */
  readonly rollsBack: boolean;
  /** Without progress for so long it has failed; 1 h. */
  readonly stuckAfterMs: number;
}

/** RS-11: runs when a replica has been configured and before it is joined, or when it has drained and before it ends. */
export interface HookSpec {
  /** Run on the VM by a shell. */
  readonly command?: string;
  /** Called with POST. */
  readonly url?: string;
  /** Waits until somebody says how it goes on. */
  readonly awaitsSignal: boolean;
  readonly timeoutMs: number;
  /** What happens when the time is over. */
  readonly otherwise: 'continue' | 'abandon';
}

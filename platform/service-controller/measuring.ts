import type { MemberStatus, Samples } from '@trencadis/availability';
import type { VmName } from '@trencadis/ids';
import type { Group, GroupKey, ObservedReplica } from './fleet.ts';

export interface ProbeAnswer {
  readonly isPassed: boolean;
  readonly because?: string;
}

/** Members of a group's pool as they were at two looks. */
export interface BalancerLooks {
  readonly before: readonly MemberStatus[];
  readonly now: readonly MemberStatus[];
  readonly elapsedMs: number;
}

type OfReplica = Readonly<Record<VmName, number>>;

/** What the controller measures with (platform/monitoring; see create-measuring.ts). */
export interface Measuring {
  /** One check of the service on one replica, as `spec.health` says; that it fails is an answer. */
  probe(group: Group, replica: ObservedReplica, signal: AbortSignal): Promise<ProbeAnswer>;
  /** The newest samples of the replicas' exporters, by metric; of those that do not answer there are none. */
  scrape(
    group: Group,
    replicas: readonly ObservedReplica[],
    signal: AbortSignal,
  ): Promise<Samples['byReplica']>;
  /** Of what a balancer counts: `requests` and `errors` per second, `latency` in ms, by replica. */
  balancerRates(looks: BalancerLooks): Readonly<Record<string, OfReplica>>;
  /** The newest that services pushed of themselves. */
  pushed(key: GroupKey): Samples;
  /** A service's own figures, of one replica or of the group. Names or values that are none: `invalid-argument`. */
  push(key: GroupKey, figures: PushedFigures): void;
  lastBeat(vm: VmName): number | undefined;
  beat(vm: VmName): void;
  forgetReplica(key: GroupKey, vm: VmName): void;
  forgetGroup(key: GroupKey): void;
}

export interface PushedFigures {
  readonly vm?: VmName;
  readonly metrics: Readonly<Record<string, number>>;
}

import type { ScalingGroup, ScalingGroupDriver } from '@trencadis/availability';
import type { InfrastructureId } from '@trencadis/ids';
import type { Group } from './fleet.ts';

/** What a VM manager's own engine tells of a group that it keeps. */
export interface NativeLook {
  /** `EC2 Auto Scaling`. */
  readonly product: string;
  readonly group: ScalingGroup;
  /** Where clients reach the service, the one to use first. */
  readonly endpoints: readonly string[];
}

/** The engine that keeps a group, and what the group is called there. */
export interface NativeEngine {
  readonly driver: ScalingGroupDriver;
  readonly name: string;
}

/** Services whose replicas VM managers keep by themselves: nothing is decided here, they are shown and operated. */
export interface NativeGroups {
  /** Of all living infrastructures that are deployed, or of these. Asks no VM manager. */
  listGroups(signal: AbortSignal, only?: readonly InfrastructureId[]): Promise<readonly Group[]>;
  /** `undefined`: it is not made yet. An engine that does not answer: `unavailable`. */
  describe(group: Group, signal: AbortSignal): Promise<NativeLook | undefined>;
  /** It is not made yet: `not-found`. */
  open(group: Group): Promise<NativeEngine>;
}

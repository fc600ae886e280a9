import type { Tag, VmName } from '@trencadis/ids';
import type { Process, ReplicaPhase } from './model.ts';
import type { RollSpec, ScalingPolicy, ScheduleSpec } from './service-spec.ts';

/**
 * A VM manager's own engine that keeps replicas (Amazon's Auto Scaling groups): what may be delegated instead of being
 * decided here (table of availability, column `native`). Its VMs are no VMs of ours: they are launched by the product,
 * contextualized by user data alone (cloud-init) and so need an image that holds all that the service needs; they are
 * neither configured nor hooked by the platform, and its VM manager's driver does not list them. Times in milliseconds.
 */
export interface ScalingGroupSpec {
  readonly name: string;
  readonly tag: Tag;
  readonly launch: GroupLaunch;
  readonly min: number;
  readonly max: number;
  /** When it is made; absent: `min`. Of a group that is there only clamped to the bounds. */
  readonly desired?: number;
  /** Pools that its instances join: those of a native balancer, with `PoolSpec.group`. Their checks then count as health. */
  readonly pools: readonly { readonly balancer: string; readonly pool: string }[];
  /** HC-03. */
  readonly graceMs: number;
  /** AS-12. */
  readonly warmupMs: number;
  readonly victim: 'oldest' | 'newest';
  readonly policies: readonly ScalingPolicy[];
  readonly schedules: readonly ScheduleSpec[];
}

export interface GroupLaunch {
  /** As the VM manager's driver names it: `ami-...`, `aws://REGION/ami-...`. */
  readonly image: string;
  readonly instanceType: string;
  /** Names of the VM manager's networks: in the first of them they stand, from all of them they are reached. */
  readonly networks: readonly string[];
  /** Text, as cloud-init takes it; who may read the launch at the VM manager reads it: no secrets. */
  readonly userData: string;
}

export interface GroupInstance {
  /** The product's own id, by which it is a member of the group's pools too. */
  readonly name: VmName;
  readonly phase: ReplicaPhase;
  /** As the product says its life cycle: `Pending:Wait`, `InService`. */
  readonly lifecycle: string;
  readonly isHealthy: boolean;
  readonly isProtected: boolean;
  /** Launched otherwise than the group launches now. */
  readonly isOutdated: boolean;
  readonly zone?: string;
}

/** What the group did, the newest first. */
export interface GroupActivity {
  readonly at: number;
  readonly status: 'running' | 'done' | 'failed';
  readonly text: string;
  /** Why, as the product says it. */
  readonly because: string;
}

export interface ScalingGroup {
  readonly name: string;
  readonly tag: Tag;
  /** `creating`: what a creation or a removal that was cut off has left. */
  readonly status: 'creating' | 'active' | 'deleting';
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  readonly suspended: readonly Process[];
  readonly instances: readonly GroupInstance[];
  readonly activities: readonly GroupActivity[];
  /** The latest roll, where there was one. */
  readonly roll?: { readonly status: string; readonly percent: number; readonly because?: string };
}

export interface ScalingGroupCapabilities {
  readonly product: string;
  /** Metrics of which it makes alarms, and those it holds at a target. */
  readonly alarmMetrics: readonly string[];
  readonly targetMetrics: readonly string[];
  /** Between two samples: a sustained condition is judged no finer. */
  readonly periodMs: number;
}

/**
 * Every call may be repeated: doing it twice is doing it once. What the product cannot keep of a spec is `unsupported`,
 * found before anything is made.
 */
export interface ScalingGroupDriver {
  readonly capabilities: ScalingGroupCapabilities;
  /** Makes it, or makes one that is there as asked. VMs that are there stay as they are until they are rolled. */
  applyGroup(spec: ScalingGroupSpec, signal: AbortSignal): Promise<ScalingGroup>;
  describeGroup(name: string, signal: AbortSignal): Promise<ScalingGroup | undefined>;
  listGroups(tag: Tag, signal: AbortSignal): Promise<readonly ScalingGroup[]>;
  /** With its instances, alarms and all else that was made for it. Absent: succeeds. Resolves when they are gone. */
  deleteGroup(name: string, signal: AbortSignal): Promise<void>;
  /** Outside of the bounds: `invalid-argument` (RS-01). */
  setDesired(name: string, desired: number, signal: AbortSignal): Promise<void>;
  /** RS-10: exactly these stand still from now on. */
  setSuspended(name: string, processes: readonly Process[], signal: AbortSignal): Promise<void>;
  /** RS-10: is not chosen when replicas are taken; replaced all the same when unhealthy. */
  setProtected(place: GroupPlace, isProtected: boolean, signal: AbortSignal): Promise<void>;
  /** It is unhealthy, whatever its checks say: replaced. Absent: succeeds. */
  markUnhealthy(place: GroupPlace, signal: AbortSignal): Promise<void>;
  /** Brings instances to what the group launches now (RS-12); one that runs goes on. */
  rollGroup(name: string, roll: RollSpec, signal: AbortSignal): Promise<void>;
}

export interface GroupPlace {
  readonly group: string;
  readonly instance: VmName;
}

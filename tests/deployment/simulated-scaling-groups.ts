import type {
  Process,
  ScalingGroup,
  ScalingGroupCapabilities,
  ScalingGroupDriver,
  ScalingGroupSpec,
} from '@trencadis/availability';
import { PlatformError } from '@trencadis/errors';
import { type VmName, brandId, sha256OfJson } from '@trencadis/ids';
import type { ScalingGroupDirectory } from '@trencadis/infrastructure/services';

interface SimulatedInstance {
  readonly name: VmName;
  /** What it was launched as. */
  readonly launch: string;
  isProtected: boolean;
}

interface KeptGroup {
  spec: ScalingGroupSpec;
  desired: number;
  suspended: readonly Process[];
  instances: SimulatedInstance[];
  readonly activities: string[];
}

const capabilities: ScalingGroupCapabilities = {
  product: 'Simulated engine',
  alarmMetrics: ['cpu'],
  targetMetrics: ['cpu', 'requests'],
  periodMs: 60_000,
};

/** An engine of a VM manager that keeps as many replicas as it is told to, and scales nothing by itself. */
export class SimulatedScalingGroups implements ScalingGroupDirectory {
  readonly groups = new Map<string, KeptGroup>();
  /** Changes that were asked of it, oldest first. */
  readonly asked: string[] = [];
  #launched = 0;

  async at(): Promise<ScalingGroupDriver> {
    const change = <Result>(what: string, act: () => Result): Promise<Result> => {
      this.asked.push(what);
      return Promise.resolve(act());
    };
    return {
      capabilities,
      applyGroup: async (spec) => change(`apply ${spec.name}`, () => this.#apply(spec)),
      describeGroup: async (name) => this.#find(name),
      listGroups: async (tag) =>
        [...this.groups.values()].filter(({ spec }) => spec.tag === tag).map(describeKept),
      deleteGroup: async (name) => change(`delete ${name}`, () => void this.groups.delete(name)),
      setDesired: async (name, desired) => change(`desire ${desired}`, () => this.#setDesired(name, desired)),
      setSuspended: async (name, processes) =>
        change(`suspend ${processes.join(' ')}`, () => void (this.#get(name).suspended = processes)),
      setProtected: async ({ group, instance }, isProtected) =>
        change(`protect ${instance} ${isProtected}`, () => {
          const found = this.#get(group).instances.find(({ name }) => name === instance);
          if (found === undefined) throw new PlatformError('not-found', `There is no ${instance}.`);
          found.isProtected = isProtected;
        }),
      markUnhealthy: async () => undefined,
      rollGroup: async (name) =>
        change('roll', () => {
          const group = this.#get(name);
          const count = group.instances.length;
          group.instances = [];
          this.#fill(group, count);
        }),
    };
  }

  /** Every group with what it launches and where its instances join. */
  inventory(): readonly string[] {
    return [...this.groups.values()].map(
      ({ spec: { name, min, max, pools }, instances }) =>
        `group ${name} ${min}-${max} in ${pools.map(({ balancer, pool }) => `${balancer}/${pool}`).join()}: ${instances.length}`,
    );
  }

  #apply(spec: ScalingGroupSpec): ScalingGroup {
    const { name, tag, min, max, desired = min } = spec;
    const group = this.groups.get(name) ?? { spec, desired, suspended: [], instances: [], activities: [] };
    if (group.spec.tag !== tag) throw new PlatformError('conflict', `${name} is another's.`);
    group.spec = spec;
    group.desired = Math.min(Math.max(group.desired, min), max);
    this.groups.set(name, group);
    this.#fill(group, group.desired);
    return describeKept(group);
  }

  #setDesired(name: string, desired: number): void {
    const group = this.#get(name);
    const { min, max } = group.spec;
    if (desired < min || desired > max)
      throw new PlatformError('invalid-argument', `${desired} is outside of ${min} to ${max}.`);
    const before = group.desired;
    group.desired = desired;
    group.activities.unshift(`a user changed the capacity from ${before} to ${desired}.`);
    this.#fill(group, desired);
  }

  #fill(group: KeptGroup, count: number): void {
    while (group.instances.length < count) {
      this.#launched += 1;
      const name = brandId('VmName', `i-${this.#launched}`);
      group.instances.push({ name, launch: launchOf(group), isProtected: false });
    }
    while (group.instances.length > count) {
      const victim = group.instances.findIndex(({ isProtected }) => !isProtected);
      group.instances.splice(victim, 1);
    }
  }

  #get(name: string): KeptGroup {
    const group = this.groups.get(name);
    if (group === undefined) throw new PlatformError('not-found', `There is no group ${name}.`);
    return group;
  }

  #find(name: string): ScalingGroup | undefined {
    const group = this.groups.get(name);
    return group && describeKept(group);
  }
}

function launchOf({ spec }: KeptGroup): string {
  return sha256OfJson(spec.launch);
}

function describeKept(group: KeptGroup): ScalingGroup {
  const { spec, desired, suspended, instances, activities } = group;
  const { name, tag, min, max } = spec;
  return {
    name,
    tag,
    status: 'active',
    min,
    max,
    desired,
    suspended,
    instances: instances.map((each) => ({
      name: each.name,
      phase: 'in-service',
      lifecycle: 'InService',
      isHealthy: true,
      isProtected: each.isProtected,
      isOutdated: each.launch !== launchOf(group),
    })),
    activities: activities.map((because, index) => ({
      at: activities.length - index,
      status: 'done',
      text: 'Changing the group',
      because,
    })),
  };
}

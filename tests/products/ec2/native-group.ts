import type { Process, ScalingGroupDriver, ScalingGroupSpec } from '@trencadis/availability';
import type { GroupUnderTest, GroupWish } from '@trencadis/availability/conformance';
import type { AmazonStandIn } from '@trencadis/balancer-elb/testing';
import type { Tag, VmName } from '@trencadis/ids';
import type { TestEc2 } from '@trencadis/vmm-ec2/testing';

const signal = new AbortController().signal;
export const warmupMs = 60_000;

/** With the paper's policy and nothing else. */
export function nativeSpec(
  ec2: TestEc2,
  { name, tag, network, wish }: { name: string; tag: Tag; network: string; wish: GroupWish },
): ScalingGroupSpec {
  return {
    name,
    tag,
    launch: {
      image: ec2.image.location,
      instanceType: 't2.micro',
      networks: [network],
      userData: '#cloud-config\n',
    },
    ...wish,
    pools: [],
    graceMs: 0,
    warmupMs,
    victim: 'oldest',
    policies: [
      { id: 'busy', kind: 'above', metric: 'cpu', statistic: 'mean', threshold: 80, forMs: 60_000, step: 1 },
    ],
    schedules: [],
  };
}

/** Amazon's engine, as far as moto has it and somebody stands in for the rest. */
export class NativeGroup implements GroupUnderTest {
  readonly #ec2: TestEc2;
  readonly #driver: ScalingGroupDriver;
  readonly #name: string;
  readonly #amazon: AmazonStandIn;

  constructor(
    ec2: TestEc2,
    driver: ScalingGroupDriver,
    { name, amazon }: { name: string; amazon: AmazonStandIn },
  ) {
    this.#ec2 = ec2;
    this.#driver = driver;
    this.#name = name;
    this.#amazon = amazon;
  }

  pass(ms: number, cpu: number): Promise<void> {
    return this.#amazon.pass(ms, cpu);
  }

  async replicas() {
    const group = await this.#driver.describeGroup(this.#name, signal);
    return (group?.instances ?? []).map(({ name, isProtected }) => ({ name, isProtected }));
  }

  setDesired(desired: number): Promise<void> {
    return this.#driver.setDesired(this.#name, desired, signal);
  }

  setSuspended(processes: readonly Process[]): Promise<void> {
    return this.#driver.setSuspended(this.#name, processes, signal);
  }

  setProtected(instance: VmName, isProtected: boolean): Promise<void> {
    return this.#driver.setProtected({ group: this.#name, instance }, isProtected, signal);
  }

  async terminate(name: VmName): Promise<void> {
    await this.#ec2.ec2.terminateInstances({ InstanceIds: [name] });
  }

  end(): Promise<void> {
    return this.#driver.deleteGroup(this.#name, signal);
  }
}

import type { VmName } from '@trencadis/ids';
import type { ReplicaView } from '../model.ts';
import { seededRandom } from './seeded-random.ts';

export interface SimulatedVm {
  readonly name: VmName;
  readonly cloud: string;
  readonly number: number;
  readonly bootsAt: number;
  state: 'on' | 'stopped' | 'failed';
  /** Its configuration ends then; absent: nobody configures it. */
  configuredAt: number | undefined;
  version: number;
  isFrozen: boolean;
  joinedAt: number | undefined;
  isDraining: boolean;
}

interface SimulatedCloud {
  silentUntil: number;
  answeredAt: number;
  /** Codes with which the next launches fail. */
  readonly failures: string[];
  /** VMs that fit. */
  room: number;
}

export class SimulatedFailure extends Error {
  readonly code: string;
  readonly cloud: string;

  constructor(code: string, cloud: string) {
    super(`simulated: ${code}`);
    this.code = code;
    this.cloud = cloud;
  }
}

export interface SimulatedTimes {
  readonly bootMs: number;
  readonly configureMs: number;
  readonly drainMs: number;
}

export interface SimulatedWorldOptions {
  readonly clouds?: readonly string[];
  readonly seed?: number;
  readonly holdsDisk?: boolean;
  readonly isBalanced?: boolean;
  readonly times?: SimulatedTimes;
}

/** VM managers, the VMs of one group and its balancer, as far as decisions see them. Everything in simulated time. */
export class SimulatedWorld {
  now = 1_800_000_000_000;
  /** Of the document that is asked for; replicas of others are outdated. */
  version = 1;
  /** No replica of these passes a check. */
  readonly badVersions = new Set<number>();
  /** Probability that a failed plan leaves what it made. */
  leftovers = 0;
  readonly times: SimulatedTimes;
  readonly holdsDisk: boolean;
  readonly clouds = new Map<string, SimulatedCloud>();
  readonly vms = new Map<VmName, SimulatedVm>();
  /** The VMs of the document, by name: its VM may be gone. */
  readonly slots = new Map<VmName, { readonly cloud: string; readonly number: number }>();
  /** Of the document's VMs, those that no plan lets in. */
  standby: ReadonlySet<VmName> = new Set();
  readonly random: () => number;
  readonly #isBalanced: boolean;

  constructor({
    clouds = [''],
    seed = 1,
    holdsDisk = false,
    isBalanced = true,
    times,
  }: SimulatedWorldOptions = {}) {
    for (const cloud of clouds)
      this.clouds.set(cloud, { silentUntil: 0, answeredAt: this.now, failures: [], room: Infinity });
    this.random = seededRandom(seed);
    this.holdsDisk = holdsDisk;
    this.#isBalanced = isBalanced;
    this.times = times ?? { bootMs: 20_000, configureMs: 20_000, drainMs: 10_000 };
  }

  advance(ms: number): void {
    this.now += ms;
    for (const cloud of this.clouds.values()) if (cloud.silentUntil <= this.now) cloud.answeredAt = this.now;
  }

  cloud(name: string): SimulatedCloud {
    const cloud = this.clouds.get(name);
    if (cloud === undefined) throw new Error(`there is no cloud '${name}'`);
    return cloud;
  }

  answers(name: string): boolean {
    return this.cloud(name).silentUntil <= this.now;
  }

  /** The lowest free number, as documents give them; none that leaves in the same plan. */
  newSlot(cloud: string, leaving: readonly VmName[]): VmName {
    const taken = new Set([...this.slots.keys(), ...leaving]);
    let number = 0;
    while (taken.has(`vm-${number}` as VmName)) number++;
    const name = `vm-${number}` as VmName;
    this.slots.set(name, { cloud, number });
    return name;
  }

  create(name: VmName): void {
    const slot = this.slots.get(name);
    if (slot === undefined) throw new Error(`${name} is not in the document`);
    if (this.vms.has(name)) throw new Error(`${name} would be there twice`);
    const cloud = this.cloud(slot.cloud);
    const failure = cloud.failures.shift();
    if (failure !== undefined) throw new SimulatedFailure(failure, slot.cloud);
    const used = [...this.vms.values()].filter((vm) => vm.cloud === slot.cloud).length;
    if (used >= cloud.room) throw new SimulatedFailure('quota-exceeded', slot.cloud);
    this.vms.set(name, {
      name,
      ...slot,
      bootsAt: this.now + this.times.bootMs,
      state: 'on',
      configuredAt: undefined,
      version: this.version,
      isFrozen: false,
      joinedAt: undefined,
      isDraining: false,
    });
  }

  remove(name: VmName): void {
    this.vms.delete(name);
    this.slots.delete(name);
  }

  isGood(vm: SimulatedVm): boolean {
    const isConfigured = vm.configuredAt !== undefined && vm.configuredAt <= this.now;
    return vm.state === 'on' && isConfigured && !vm.isFrozen && !this.badVersions.has(vm.version);
  }

  answeredAt(): Record<string, number> {
    return Object.fromEntries([...this.clouds].map(([name, { answeredAt }]) => [name, answeredAt]));
  }

  views(): ReplicaView[] {
    const views: ReplicaView[] = [];
    for (const [name, slot] of this.slots) views.push(this.#view(name, slot));
    return views;
  }

  #view(name: VmName, slot: { readonly cloud: string; readonly number: number }): ReplicaView {
    const vm = this.vms.get(name);
    const answers = this.answers(slot.cloud);
    const isConfigured = vm?.configuredAt !== undefined && vm.configuredAt <= this.now;
    return {
      name,
      cloud: slot.cloud,
      number: slot.number,
      vm: answers ? this.#stateOf(vm) : 'unknown',
      isConfigured: isConfigured && (this.#isBalanced || vm.joinedAt !== undefined),
      ...(this.#isBalanced && { member: this.#memberOf(vm) }),
      ...(isConfigured && { probe: { isPassed: this.isGood(vm) } }),
      isOutdated: vm !== undefined && vm.version !== this.version,
      holdsDisk: this.holdsDisk,
      ...(this.standby.has(name) && { isStandby: true }),
    };
  }

  #stateOf(vm: SimulatedVm | undefined): ReplicaView['vm'] {
    if (vm === undefined) return 'absent';
    if (vm.state !== 'on') return vm.state;
    return vm.bootsAt > this.now ? 'creating' : 'running';
  }

  #memberOf(vm: SimulatedVm | undefined): NonNullable<ReplicaView['member']> {
    if (vm?.joinedAt === undefined) return 'absent';
    if (vm.isDraining) return 'draining';
    if (!this.isGood(vm)) return 'down';
    return this.now - vm.joinedAt < 4_000 ? 'checking' : 'up';
  }
}

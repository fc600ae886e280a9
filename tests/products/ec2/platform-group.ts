import {
  type Edited,
  type GroupAction,
  type GroupState,
  type PlanOutcome,
  type ReplicaView,
  type Sample,
  type ServiceSpec,
  decideGroup,
  newGroupState,
  withDesired,
  withProtection,
  withSuspended,
} from '@trencadis/availability';
import type { GroupUnderTest, GroupWish } from '@trencadis/availability/conformance';
import { PlatformError } from '@trencadis/errors';
import { type Tag, type VmName, brandId } from '@trencadis/ids';
import type { VmmDriver } from '@trencadis/vmm';
import type { TestEc2 } from '@trencadis/vmm-ec2/testing';

const signal = new AbortController().signal;
const tickMs = 5_000;
const periodMs = 10_000;
const processes = ['launch', 'terminate', 'replace', 'scale', 'schedule'] as const;

/** A replica's place in the group: there is a VM for it, or has to be. */
interface Slot {
  readonly name: VmName;
  readonly number: number;
}

export interface PlatformParts {
  readonly ec2: TestEc2;
  readonly vmm: VmmDriver;
  readonly tag: Tag;
  readonly wish: GroupWish;
}

/**
 * The platform's own engine in small: what it decides, done at once on VMs at EC2, in simulated time. Its VMs serve
 * from the moment that they run.
 */
export class PlatformGroup implements GroupUnderTest {
  readonly #parts: PlatformParts;
  readonly #spec: ServiceSpec;
  #now = 1_800_000_000_000;
  #state: GroupState;
  #slots: readonly Slot[] = [];
  #outcome: PlanOutcome | undefined;

  constructor(parts: PlatformParts) {
    this.#parts = parts;
    this.#spec = specOf(parts.wish);
    this.#state = newGroupState(this.#spec);
  }

  async pass(ms: number, cpu: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += tickMs) {
      this.#now += tickMs;
      await this.#tick(cpu);
    }
  }

  async #tick(cpu: number): Promise<void> {
    const replicas = await this.#views();
    const at = this.#now - (this.#now % periodMs);
    const running = replicas.filter(({ vm }) => vm === 'running');
    const samples: Record<VmName, Sample> = Object.fromEntries(
      running.map(({ name }) => [name, { at, value: cpu }]),
    );
    const { state, action } = decideGroup({
      now: this.#now,
      spec: this.#spec,
      state: this.#state,
      replicas,
      isPlanRunning: false,
      answeredAt: { '': this.#now },
      samples: { byReplica: { cpu: samples }, ofGroup: {} },
      ...(this.#outcome === undefined ? {} : { outcome: this.#outcome }),
    });
    this.#state = state;
    this.#outcome = undefined;
    if (action !== undefined) await this.#do(action);
  }

  async #views(): Promise<readonly ReplicaView[]> {
    const vms = await this.#parts.vmm.listVms(this.#parts.tag, signal);
    return this.#slots.map(({ name, number }) => {
      const vm = vms.find((each) => each.name === name);
      const status = vm?.status ?? 'absent';
      return {
        name,
        number,
        cloud: '',
        vm: status === 'running' || status === 'creating' ? status : status === 'absent' ? status : 'failed',
        isConfigured: status === 'running',
        isOutdated: false,
        holdsDisk: false,
      };
    });
  }

  async #do(action: GroupAction): Promise<void> {
    if (action.kind === 'roll') throw new Error('nothing is outdated');
    const { vmm } = this.#parts;
    for (const name of action.recreate) await vmm.deleteVm(name, signal);
    const leaving = new Set(action.retire);
    const staying = this.#slots.filter(({ name }) => !leaving.has(name));
    const taken = new Set(this.#slots.map(({ number }) => number));
    const added: Slot[] = [];
    for (let number = 0; staying.length + added.length < (action.counts[''] ?? 0); number += 1) {
      if (!taken.has(number)) added.push({ number, name: this.#nameOf(number) });
    }
    this.#slots = [...staying, ...added];
    for (const { name } of this.#slots) await this.#make(name);
    for (const name of action.retire) await vmm.deleteVm(name, signal);
    this.#outcome = { isSuccess: true };
  }

  #nameOf(number: number): VmName {
    return brandId('VmName', `${this.#parts.tag}-${number}`);
  }

  async #make(name: VmName): Promise<void> {
    const { vmm, tag, ec2 } = this.#parts;
    await vmm.createVm(
      {
        name,
        tag,
        hostName: name,
        image: ec2.image,
        instanceType: 't2.micro',
        cpuCount: 1,
        memoryMiB: 1024,
        interfaces: [],
        disks: [],
        login: { user: 'admin', authorizedKey: 'ssh-ed25519 AAAA' },
      },
      signal,
    );
  }

  async replicas() {
    const vms = await this.#parts.vmm.listVms(this.#parts.tag, signal);
    return vms.map(({ name }) => ({ name, isProtected: this.#state.replicas[name]?.isProtected ?? false }));
  }

  async setDesired(desired: number): Promise<void> {
    this.#edit(withDesired(this.#state, this.#spec, desired));
  }

  async setSuspended(wanted: readonly (typeof processes)[number][]): Promise<void> {
    for (const process of processes)
      this.#state = withSuspended(this.#state, process, wanted.includes(process));
  }

  async setProtected(name: VmName, isProtected: boolean): Promise<void> {
    this.#edit(withProtection(this.#state, name, isProtected));
  }

  #edit(edited: Edited): void {
    if (edited instanceof PlatformError) throw edited;
    this.#state = edited;
  }

  terminate(name: VmName): Promise<void> {
    return this.#parts.ec2.removeBehind(name);
  }

  async end(): Promise<void> {
    const { vmm, tag } = this.#parts;
    for (const { name } of await vmm.listVms(tag, signal)) await vmm.deleteVm(name, signal);
  }
}

function specOf({ min, max }: GroupWish): ServiceSpec {
  return {
    id: 'portal',
    systemId: 'server',
    replicas: {
      min,
      max,
      replace: 'launch-first',
      clouds: [],
      place: 'fallback',
      victim: 'oldest',
      mostBooting: 10,
      retries: 3,
    },
    health: {
      protocol: 'none',
      port: 80,
      path: '/',
      method: 'GET',
      status: 200,
      intervalMs: 10_000,
      timeoutMs: 5_000,
      fall: 2,
      rise: 2,
      graceMs: 0,
      combine: 'any',
    },
    scaling: {
      engine: 'platform',
      policies: [
        {
          id: 'busy',
          kind: 'above',
          metric: 'cpu',
          statistic: 'mean',
          threshold: 80,
          forMs: 60_000,
          step: 1,
        },
      ],
      schedules: [],
      warmupMs: 60_000,
      stabilization: { upMs: 0, downMs: 300_000 },
      limits: { up: [], down: [] },
      limitChoice: 'max',
      periodMs,
    },
    roll: {
      minHealthyPercent: 90,
      maxHealthyPercent: 100,
      checkpoints: [],
      checkpointDelayMs: 0,
      rollsBack: false,
      stuckAfterMs: 3_600_000,
    },
    hooks: {},
  };
}

import { type Sha256, type VmName, sha256OfJson, sha256OfText } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import { PeerAddresses, stageOf, userDataStage } from '../configuration-key.ts';
import { placeOf } from '../decide-changes.ts';
import { mountKey, mountStage } from '../decide-mounts.ts';
import type { ConfiguredKeys, DesiredInfrastructure, ObservedInfrastructure, ObservedVm } from '../model.ts';
import { joinedServices } from '../services/service-stages.ts';
import {
  awaitShellArgs,
  configureVmArgs,
  createDiskArgs,
  createNetworkArgs,
  createVmArgs,
  deleteDiskArgs,
  deleteNetworkArgs,
  deleteVmArgs,
  mountDisksArgs,
  updateNetworkArgs,
  updateVmArgs,
  vmArgs,
} from '../step-arguments.ts';
import { serviceEffects } from './simulate-services.ts';

export interface SimulationOptions {
  /** Whose VMs know each other while they are configured. */
  readonly desired: Pick<DesiredInfrastructure, 'vms'> & Partial<Pick<DesiredInfrastructure, 'services'>>;
  /** Of so many steps that could run now, the one that does. Default: the first. */
  readonly choose?: (count: number) => number;
}

/** What would be observed after the steps ran, in an order that their `after` allows. What no VM manager lets happen is an error. */
export function simulatePlan(
  steps: readonly PlannedStep[],
  before: ObservedInfrastructure,
  { desired, choose = () => 0 }: SimulationOptions,
): ObservedInfrastructure {
  const site = new SimulatedSite(before, desired);
  const done = new Set<string>();
  for (let waiting = [...steps]; waiting.length > 0;) {
    const ready = waiting.filter((step) => step.after.every((id) => done.has(id)));
    const next = ready[choose(ready.length)];
    if (!next) throw new Error(`No step can run: ${waiting.map((step) => step.id).join(', ')}`);
    site.run(next);
    done.add(next.id);
    waiting = waiting.filter((step) => step !== next);
  }
  return site.observed;
}

type Place = Parameters<typeof placeOf>[0];
function expectSame(one: unknown, other: unknown): void {
  if (JSON.stringify(one) !== JSON.stringify(other)) throw new Error('It was something else before.');
}

type CreateVm = ReturnType<typeof createVmArgs.parse>;
const isAt = (place: Place) => (other: Place) => placeOf(place) === placeOf(other);

class SimulatedSite {
  observed: ObservedInfrastructure;
  readonly #residents: ReadonlySet<string>;
  readonly #desired: DesiredInfrastructure['vms'];
  readonly #services: ReadonlySet<string>;
  /** By VM. */
  readonly #mounted = new Map<string, readonly string[]>();
  #lastAddress: number;
  readonly #effects: Readonly<Record<string, (args: unknown) => void>> = {
    'create-network@1': (args) => this.#createNetwork(args),
    'update-network@1': (args) => this.#updateNetwork(args),
    'delete-network@1': (args) => this.#deleteNetwork(args),
    'create-disk@1': (args) => this.#createDisk(args),
    'delete-disk@1': (args) => this.#deleteDisk(args),
    'create-vm@1': (args) => this.#createVm(createVmArgs.parse(args)),
    'delete-vm@1': (args) => this.#deleteVm(this.#outOfService(deleteVmArgs.parse(args))),
    'update-vm@1': (args) => this.#updateVm(args),
    'start-vm@1': (args) => this.#turn(args, 'running'),
    'reboot-vm@1': (args) => this.#turn(args, 'running'),
    'stop-vm@1': (args) => this.#turn(args, 'stopped'),
    'await-shell@1': (args) => this.#requireRunning(awaitShellArgs.parse(args)),
    'mount-disks@1': (args) => this.#mountDisks(args),
    'barrier@1': () => undefined,
    'configure-vm@2': (args) => this.#configure(args),
    ...serviceEffects({
      configured: () => this.observed.configured,
      requireRunning: (place) => this.#requireRunning(place),
      note: (...noted) => this.#note(...noted),
      forget: (...forgotten) => this.#forget(...forgotten),
    }),
    'forget-infrastructure@1': () => this.#set({ configured: {} }),
  };

  constructor(before: ObservedInfrastructure, { vms, services = [] }: SimulationOptions['desired']) {
    this.observed = before;
    this.#services = new Set(services.map(({ spec }) => spec.id));
    this.#desired = vms;
    for (const { name, status, disks } of before.vms) {
      const isMounted = before.configured[name]?.[mountStage] !== undefined && status === 'running';
      if (isMounted)
        this.#mounted.set(
          name,
          disks.map(({ disk, mountPath }) => `${disk} ${mountPath}`),
        );
    }
    this.#residents = new Set(vms.map(({ vmm, spec }) => placeOf({ vmm, name: spec.name })));
    const given = before.vms.flatMap(({ addresses }) => addresses.map(({ address }) => address));
    this.#lastAddress = Math.max(1, ...given.map((address) => Number(address.split('.')[3])));
  }

  run({ id, kind, args }: PlannedStep): void {
    const effect = this.#effects[kind];
    if (!effect) throw new Error(`No effect is known for ${kind}`);
    try {
      effect(args);
    } catch (error) {
      throw new Error(`Step ${id} cannot run.`, { cause: error });
    }
  }

  #forget(name: VmName, stage: string): void {
    const { [stage]: _, ...others } = this.observed.configured[name] ?? {};
    this.#set({ configured: { ...this.observed.configured, [name]: others } });
  }

  /** Nothing happens to a replica that gets requests. */
  #outOfService<Where extends Place>(place: Where): Where {
    const isRunning = this.observed.vms.find(isAt(place))?.status === 'running';
    const [service] = joinedServices(this.observed.configured[place.name]);
    if (isRunning && service !== undefined && this.#services.has(service))
      throw new Error(`${place.name} gets requests of ${service}.`);
    return place;
  }

  #set(changes: Partial<ObservedInfrastructure>): void {
    this.observed = { ...this.observed, ...changes };
  }

  #createNetwork(args: unknown): void {
    const { vmm, spec } = createNetworkArgs.parse(args);
    this.#set({ networks: [...this.observed.networks, { ...spec, vmm, subnet: '10.0.0.0/24' }] });
  }

  #updateNetwork(args: unknown): void {
    const { vmm, spec, previous } = updateNetworkArgs.parse(args);
    const present = this.observed.networks.find(isAt({ vmm, name: spec.name }));
    if (!present) throw new Error(`There is no network ${spec.name}.`);
    expectSame(previous, present.openPorts ?? []);
    const changed = { ...spec, vmm, subnet: present.subnet };
    this.#set({ networks: this.observed.networks.map((each) => (each === present ? changed : each)) });
  }

  #deleteNetwork(args: unknown): void {
    const place = deleteNetworkArgs.parse(args);
    const isUser = ({ vmm, addresses }: ObservedVm) =>
      addresses.some(({ network }) => isAt(place)({ vmm, name: network }));
    if (this.observed.vms.some(isUser)) throw new Error(`Network ${place.name} has VMs.`);
    this.#set({ networks: this.observed.networks.filter((each) => !isAt(place)(each)) });
  }

  #createDisk(args: unknown): void {
    const { vmm, spec } = createDiskArgs.parse(args);
    this.#set({ disks: [...this.observed.disks, { ...spec, vmm }] });
  }

  #deleteDisk(args: unknown): void {
    const place = deleteDiskArgs.parse(args);
    if (this.#holderOf(place)) throw new Error(`Disk ${place.name} is attached.`);
    this.#set({ disks: this.observed.disks.filter((each) => !isAt(place)(each)) });
  }

  #holderOf(place: Place): ObservedVm | undefined {
    return this.observed.vms.find(({ vmm, disks }) =>
      disks.some(({ disk }) => isAt(place)({ vmm, name: disk })),
    );
  }

  #createVm({ vmm, spec }: CreateVm): void {
    const place = { vmm, name: spec.name };
    const existing = this.observed.vms.find(isAt(place));
    if (existing && existing.status !== 'creating') throw new Error(`VM ${spec.name} is there already.`);
    this.#requireParts(vmm, spec);
    const addresses = spec.interfaces.map(({ network }) => {
      this.#lastAddress += 1;
      return { network, address: `10.0.0.${this.#lastAddress}` };
    });
    const vm: ObservedVm = { ...spec, vmm, status: 'running', hostKeys: [], addresses };
    this.#deleteVm(place);
    this.#set({ vms: [...this.observed.vms, vm] });
    if (spec.userData !== undefined) this.#note(spec.name, userDataStage, sha256OfText(spec.userData));
  }

  #requireParts(vmm: string, { name, disks, interfaces }: CreateVm['spec']): void {
    for (const { disk } of disks) {
      const place = { vmm, name: disk };
      if (!this.observed.disks.some(isAt(place))) throw new Error(`There is no disk ${disk}.`);
      const holder = this.#holderOf(place);
      if (holder && holder.name !== name) throw new Error(`Disk ${disk} is at ${holder.name}.`);
    }
    for (const { network } of interfaces) {
      if (!this.observed.networks.some(isAt({ vmm, name: network })))
        throw new Error(`There is no network ${network}.`);
    }
  }

  #deleteVm({ vmm, name }: Place): void {
    this.#mounted.delete(name);
    const { [name]: _, ...configured } = this.observed.configured;
    this.#set({ configured, vms: this.observed.vms.filter((each) => !isAt({ vmm, name })(each)) });
  }

  #updateVm(args: unknown): void {
    const { vmm, spec } = updateVmArgs.parse(args);
    this.#outOfService({ vmm, name: spec.name });
    this.#requireParts(vmm, spec);
    const { cpuCount, memoryMiB, disks } = spec;
    const mounted = this.#mounted.get(spec.name) ?? [];
    if (mounted.some((place) => !disks.some((each) => `${each.disk} ${each.mountPath}` === place)))
      throw new Error(`VM ${spec.name} loses a disk that is mounted.`);
    this.#change({ vmm, name: spec.name }, { cpuCount, memoryMiB, disks });
  }

  #mountDisks(given: unknown): void {
    const args = mountDisksArgs.parse(given);
    this.#requireRunning(args);
    const places = args.disks.map(({ disk, mountPath }) => `${disk} ${mountPath}`);
    const vm = this.observed.vms.find(isAt(args));
    const attached = new Set(vm?.disks.map(({ disk, mountPath }) => `${disk} ${mountPath}`));
    if (places.some((place) => !attached.has(place))) throw new Error(`${args.name} lacks a disk.`);
    this.#mounted.set(args.name, places);
    const key = mountKey(args.disks, sha256OfJson);
    const { [mountStage]: _, ...others } = this.observed.configured[args.name] ?? {};
    this.#set({ configured: { ...this.observed.configured, [args.name]: others } });
    if (key !== undefined) this.#note(args.name, mountStage, key);
  }

  #turn(args: unknown, status: ObservedVm['status']): void {
    this.#change(this.#outOfService(vmArgs.parse(args)), { status });
  }

  #change(place: Place, changes: Partial<ObservedVm>): void {
    if (!this.observed.vms.some(isAt(place))) throw new Error(`There is no VM ${place.name}.`);
    this.#set({
      vms: this.observed.vms.map((vm) => (isAt(place)(vm) ? { ...vm, ...changes } : vm)),
    });
  }

  #requireRunning(place: Place): void {
    if (this.observed.vms.find(isAt(place))?.status !== 'running')
      throw new Error(`VM ${place.name} does not run.`);
  }

  #configure(given: unknown): void {
    const args = configureVmArgs.parse(given);
    this.#outOfService(args);
    this.#requireRunning(args);
    if (this.#lacksMounts(args)) throw new Error(`Disks of ${args.name} are not mounted.`);
    const residents = this.observed.vms.filter((vm) => this.#residents.has(placeOf(vm)));
    const addresses = new PeerAddresses(residents, sha256OfJson);
    this.#note(args.name, stageOf(args.configuration), addresses.keyOf(args, args.configuration));
  }

  #lacksMounts({ vmm, name }: Place): boolean {
    const desired = this.#desired.find((each) => each.vmm === vmm && each.spec.name === name);
    const key = mountKey(desired?.mounts ?? [], sha256OfJson);
    return desired?.mounts !== undefined && this.observed.configured[name]?.[mountStage] !== key;
  }

  #note(name: VmName, stage: string, key: Sha256): void {
    const { configured } = this.observed;
    const after: ConfiguredKeys = { ...configured, [name]: { ...configured[name], [stage]: key } };
    this.#set({ configured: after });
  }
}

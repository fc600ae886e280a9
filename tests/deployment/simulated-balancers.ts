import type { BalancerDriver, BalancerHost } from '@trencadis/availability';
import { MemoryBalancerWorld, createMemoryBalancer } from '@trencadis/balancer-memory';
import type { Clock } from '@trencadis/clock';
import type { VmName } from '@trencadis/ids';
import type { BalancerDirectory } from '@trencadis/infrastructure/services';
import type { MemoryVmmWorld } from '@trencadis/vmm-memory';

/** Load balancers of simulated VM managers: those on VMs live and die with these, the others stay. */
export class SimulatedBalancers implements BalancerDirectory {
  readonly #clock: Clock;
  readonly #sites: readonly MemoryVmmWorld[];
  /** By the VM that it stands on; one that is made anew is another one. */
  readonly #hosted = new WeakMap<object, MemoryBalancerWorld>();
  readonly #native = new Map<string, MemoryBalancerWorld>();
  /** Replicas whose checks fail. */
  readonly #unwell = new Set<VmName>();

  constructor(clock: Clock, sites: readonly MemoryVmmWorld[]) {
    this.#clock = clock;
    this.#sites = sites;
  }

  /** Any host that answers is enough; what one of a pair knows, the other one does. */
  onHosts(hosts: readonly BalancerHost[]): BalancerDriver {
    const vms = hosts.flatMap(({ name }) => this.#sites.flatMap(({ vms: all }) => all.get(name) ?? []));
    const world = vms.flatMap((vm) => this.#hosted.get(vm) ?? [])[0] ?? this.#newWorld();
    for (const vm of vms) this.#hosted.set(vm, world);
    const reach = async (signal: AbortSignal) => {
      const answers = await Promise.allSettled(hosts.map((host) => host.shell(signal)));
      const failed = answers.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error] : []));
      if (failed[0] !== undefined && failed.length === hosts.length) throw failed[0];
    };
    const addresses = hosts.map(({ address }) => address);
    return createMemoryBalancer({ clock: this.#clock, world, addresses, reach });
  }

  async at(vmm: string): Promise<BalancerDriver> {
    const world = this.#native.get(vmm) ?? this.#newWorld();
    this.#native.set(vmm, world);
    return createMemoryBalancer({ clock: this.#clock, world, capabilities: { groups: true } });
  }

  setHealthy(name: VmName, isHealthy: boolean): void {
    if (isHealthy) this.#unwell.delete(name);
    else this.#unwell.add(name);
    for (const world of this.worlds()) world.setHealthy(name, isHealthy);
  }

  worlds(): readonly MemoryBalancerWorld[] {
    const vms = this.#sites.flatMap(({ vms: all }) => [...all.values()]);
    const hosted = vms.flatMap((vm) => this.#hosted.get(vm) ?? []);
    return [...new Set([...hosted, ...this.#native.values()])];
  }

  /** Every balancer with its frontends, and every member with where it is and whether it drains. */
  inventory(): readonly string[] {
    return this.worlds()
      .flatMap(({ balancers }) => [...balancers])
      .flatMap(([name, { spec, members }]) => [
        `balancer ${name} ${spec.frontends.map(({ protocol, port }) => `${protocol} ${port}`).join()}`,
        ...[...members.values()].map(
          ({ spec: { pool, name: member, port }, isDraining }) =>
            `member ${name} ${pool} ${member}:${port}${isDraining ? ' draining' : ''}`,
        ),
      ]);
  }

  #newWorld(): MemoryBalancerWorld {
    const world = new MemoryBalancerWorld({ clock: this.#clock });
    for (const name of this.#unwell) world.setHealthy(name, false);
    return world;
  }
}

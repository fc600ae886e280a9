import type { RemoteShell } from '@trencadis/contextualization';
import type { InfrastructureId } from '@trencadis/ids';
import {
  type ObservedVm,
  type ReconcilerParts,
  type VmShells,
  exporterPassword,
  outsideAddress,
} from '@trencadis/infrastructure/services';
import type { ScrapeTarget } from '@trencadis/monitoring';
import type { Group } from '../fleet.ts';

export interface WayToReplica {
  readonly target: ScrapeTarget;
  /** Where this process does not reach it. */
  readonly shell?: RemoteShell;
}

interface Around {
  readonly world: ReconcilerParts['world'];
  readonly shells: VmShells;
}

type Trust = Pick<ScrapeTarget, 'authorityPem' | 'password'>;

/** How replicas are asked: directly where SSH goes directly too; else through the VM's shell. */
export class ReplicaWays {
  readonly #around: Around;
  /** Neither ever changes, and thousands of replicas are asked every few seconds. */
  readonly #trust = new Map<InfrastructureId, Promise<Trust>>();

  constructor(around: Around) {
    this.#around = around;
  }

  /** `undefined`: it has no address yet. */
  async to(group: Group, vm: ObservedVm, signal: AbortSignal): Promise<WayToReplica | undefined> {
    const { infrastructureId } = group;
    const { name, cpuCount, memoryMiB, vmm } = vm;
    const address = outsideAddress(vm);
    if (address === undefined) return undefined;
    const target = { vm: name, address, cpuCount, memoryMiB, ...(await this.#trustOf(infrastructureId)) };
    const isDirect = vm.ssh !== undefined && vm.addresses.some((each) => each.address === vm.ssh?.host);
    if (isDirect) return { target };
    const shell = await this.#around.shells.get({ infrastructureId, vmm, name }, signal);
    const own = vm.addresses[0]?.address ?? address;
    return { target: { ...target, address: own }, shell };
  }

  forgetAllBut(ids: ReadonlySet<InfrastructureId>): void {
    for (const id of this.#trust.keys()) if (!ids.has(id)) this.#trust.delete(id);
  }

  #trustOf(id: InfrastructureId): Promise<Trust> {
    const known = this.#trust.get(id);
    if (known !== undefined) return known;
    const reading = this.#readTrust(id).catch((error: unknown) => {
      this.#trust.delete(id);
      throw error;
    });
    this.#trust.set(id, reading);
    return reading;
  }

  async #readTrust(id: InfrastructureId): Promise<Trust> {
    const { vault } = this.#around.world;
    const [{ certificatePem }, password] = await Promise.all([
      vault.authority(id),
      exporterPassword(vault, id),
    ]);
    return { authorityPem: certificatePem, password };
  }
}

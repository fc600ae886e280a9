import type { RemoteShell } from '@trencadis/contextualization';
import {
  type ObservedVm,
  type ReconcilerParts,
  type VmShells,
  exporterPassword,
  outsideAddress,
} from '@trencadis/infrastructure/services';
import type { InfrastructureId } from '@trencadis/ids';
import type { ScrapeTarget } from '@trencadis/monitoring';
import type { Group } from '../fleet.ts';

export interface WayToReplica {
  readonly target: ScrapeTarget;
  /** Where this process does not reach it. */
  readonly shell?: RemoteShell;
}

interface Around {
  readonly shells: VmShells;
  readonly trust: ExporterTrust;
}

type Trust = Pick<ScrapeTarget, 'authorityPem' | 'password'>;

/**
 * By what the exporters of each infrastructure are known, and know who asks. Made once and never changed, so it is not
 * opened again for each replica that is asked every few seconds. Holds secrets: never logged.
 */
export class ExporterTrust {
  readonly #vault: ReconcilerParts['world']['vault'];
  readonly #known = new Map<InfrastructureId, Trust>();

  constructor(vault: ReconcilerParts['world']['vault']) {
    this.#vault = vault;
  }

  async of(id: InfrastructureId): Promise<Trust> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const { certificatePem: authorityPem } = await this.#vault.authority(id);
    const trust = { authorityPem, password: await exporterPassword(this.#vault, id) };
    this.#known.set(id, trust);
    return trust;
  }

  forgetAllBut(ids: ReadonlySet<InfrastructureId>): void {
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
  }
}

/** Directly where SSH goes directly too; else through the VM's shell. */
export async function wayToReplica(
  { shells, trust }: Around,
  { group, vm }: { readonly group: Group; readonly vm: ObservedVm },
  signal: AbortSignal,
): Promise<WayToReplica | undefined> {
  const { infrastructureId } = group;
  const { name, cpuCount, memoryMiB, vmm } = vm;
  const address = outsideAddress(vm);
  if (address === undefined) return undefined;
  const target = { vm: name, address, ...(await trust.of(infrastructureId)), cpuCount, memoryMiB };
  const isDirect = vm.ssh !== undefined && vm.addresses.some((each) => each.address === vm.ssh?.host);
  if (isDirect) return { target };
  const shell = await shells.get({ infrastructureId, vmm, name }, signal);
  const own = vm.addresses[0]?.address ?? address;
  return { target: { ...target, address: own }, shell };
}

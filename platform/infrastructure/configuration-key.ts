import type { Sha256, VmName } from '@trencadis/ids';
import type { Vm } from '@trencadis/vmm';
import type { DecidedVm } from './decide-changes.ts';
import type { DesiredConfiguration, DesiredVm } from './model.ts';

export type Hash = (value: unknown) => Sha256;

/** By what is kept which configurations a VM has had: a step of contextualization may have one of each configurator. */
export function stageOf({ step, configurator }: Pick<DesiredConfiguration, 'step' | 'configurator'>): string {
  return `${step}:${configurator}`;
}

/** By what is kept which user data a VM was created with. */
export const userDataStage = 'user-data';

/** Addresses of the VMs of an infrastructure, one text a VM: what a configuration may have built on. */
export class PeerAddresses {
  readonly #texts: ReadonlyMap<VmName, string>;
  readonly #hash: Hash;
  #ofAll: Sha256 | undefined;

  constructor(vms: readonly Pick<Vm, 'name' | 'addresses'>[], hash: Hash) {
    this.#texts = new Map(vms.map(({ name, addresses }) => [name, textOf(addresses)]));
    this.#hash = hash;
  }

  /** What is kept of a VM once one step of its contextualization is done: something else, and it is done again. */
  keyOf(
    { name, peers }: { readonly name: VmName; readonly peers: DesiredVm['peers'] },
    { digest }: Pick<DesiredConfiguration, 'digest'>,
  ): Sha256 {
    const ofPeers = peers === 'all' ? this.#all() : peers.map((peer) => [peer, this.#texts.get(peer)]);
    return this.#hash([digest, this.#texts.get(name), ofPeers]);
  }

  #all(): Sha256 {
    this.#ofAll ??= this.#hash([...this.#texts].toSorted(([one], [other]) => (one < other ? -1 : 1)));
    return this.#ofAll;
  }
}

function textOf(addresses: Vm['addresses']): string {
  return addresses.map(addressText).join();
}

/** One address, with where outsiders reach it. */
export function addressText({ network, address, publicAddress }: Vm['addresses'][number]): string {
  return publicAddress === undefined ? `${network}=${address}` : `${network}=${address}=${publicAddress}`;
}

/** The addresses as they are, of the VMs that there will be: those of one that is new are known to no other. */
export function keptAddresses(decided: readonly DecidedVm[], hash: Hash): PeerAddresses {
  const there = decided.flatMap(({ vm, change, observed }): Pick<Vm, 'name' | 'addresses'>[] => {
    if (change === 'create' || change === 'replace') return [{ name: vm.spec.name, addresses: [] }];
    return observed === undefined ? [] : [observed];
  });
  return new PeerAddresses(there, hash);
}

import type { Vm } from '@trencadis/vmm';

/** A VM that SSH reaches, and an address that another VM has on a network of both. */
export interface Jump {
  readonly through: Vm & Required<Pick<Vm, 'ssh'>>;
  readonly address: string;
}

/**
 * Through which other VM of its infrastructure one is reached that is on private networks only: the first by name that
 * runs, is reached itself, and shares a network with it.
 */
export function decideJump(vm: Pick<Vm, 'name' | 'addresses'>, others: readonly Vm[]): Jump | undefined {
  const jumps = others.flatMap((through): Jump[] => {
    if (through.name === vm.name || through.status !== 'running' || !canBeReached(through)) return [];
    const shared = new Set(through.addresses.map(({ network }) => network));
    const there = vm.addresses.find(({ network }) => shared.has(network));
    return there ? [{ through, address: there.address }] : [];
  });
  return jumps.toSorted((one, other) => (one.through.name < other.through.name ? -1 : 1))[0];
}

const canBeReached = (vm: Vm): vm is Jump['through'] => vm.ssh !== undefined;

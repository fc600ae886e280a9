import type { Diagnostic, RadlDocument, Span } from '@trencadis/radl';
import { placeOf } from './decide-changes.ts';
import type { DesiredInfrastructure, DesiredNetwork, ObservedNetwork } from './model.ts';
import { resolutionError } from './resolution-problems.ts';

const nowhere: Span = { start: 0, end: 0, line: 1, column: 1 };

/**
 * Networks that are there, and of which the document asks what only another one could be. Another range is a warning as
 * long as no VM asks for an address in it: the network that is there does as well.
 */
export function networkProblems(
  { networks }: RadlDocument,
  desired: DesiredInfrastructure,
  observed: readonly ObservedNetwork[],
): readonly Diagnostic[] {
  const there = new Map(observed.map((network) => [placeOf(network), network]));
  return desired.networks.flatMap((network) => {
    const present = there.get(placeOf(network));
    const found = present && whatIsFixed(network, present);
    if (found === undefined) return [];
    const id = desired.networkIds[network.name] ?? network.name;
    const span = networks.find((each) => each.id === id)?.span ?? nowhere;
    const message = `Network ${id} is there at ${network.vmm} already, ${found.what}.`;
    const hint = 'Give it another id, so that a new one is made, or write what it is.';
    const problem = resolutionError('fixedNetwork', span, { message, hint });
    const isHarmless = found.isRange && !hasAskers(desired, network);
    return [isHarmless ? { ...problem, severity: 'warning' as const } : problem];
  });
}

function hasAskers({ vms }: DesiredInfrastructure, { vmm, name }: DesiredNetwork): boolean {
  return vms.some(
    (vm) =>
      vm.vmm === vmm &&
      vm.spec.interfaces.some(({ network, address }) => network === name && address !== undefined),
  );
}

interface Fixed {
  readonly what: string;
  readonly isRange?: boolean;
}

function whatIsFixed(wanted: DesiredNetwork, present: ObservedNetwork): Fixed | undefined {
  if (wanted.kind !== present.kind) return { what: `a ${present.kind} one` };
  const own = present.providerNetwork;
  if (wanted.providerNetwork !== own)
    return { what: own === undefined ? 'one that was made for it' : `the VM manager's own ${own}` };
  const isOther = wanted.subnet !== undefined && wanted.subnet !== present.subnet;
  return isOther ? { what: `with the range ${present.subnet}`, isRange: true } : undefined;
}

import type { Diagnostic, RadlDocument, Span } from '@trencadis/radl';
import { placeOf } from './decide-changes.ts';
import type { DesiredInfrastructure, DesiredNetwork, ObservedNetwork } from './model.ts';
import { resolutionError } from './resolution-problems.ts';

const nowhere: Span = { start: 0, end: 0, line: 1, column: 1 };

/** Networks that are there, and of which the document asks what only another one could be. */
export function networkProblems(
  { networks }: RadlDocument,
  desired: DesiredInfrastructure,
  observed: readonly ObservedNetwork[],
): readonly Diagnostic[] {
  const there = new Map(observed.map((network) => [placeOf(network), network]));
  return desired.networks.flatMap((network) => {
    const present = there.get(placeOf(network));
    const what = present && whatIsFixed(network, present);
    if (what === undefined) return [];
    const id = desired.networkIds[network.name] ?? network.name;
    const span = networks.find((each) => each.id === id)?.span ?? nowhere;
    const message = `Network ${id} is there at ${network.vmm} already, ${what}.`;
    const hint = 'Give it another id, so that a new one is made, or write what it is.';
    return [resolutionError('fixedNetwork', span, { message, hint })];
  });
}

function whatIsFixed(wanted: DesiredNetwork, present: ObservedNetwork): string | undefined {
  if (wanted.kind !== present.kind) return `a ${present.kind} one`;
  if (wanted.providerNetwork !== present.providerNetwork)
    return present.providerNetwork === undefined
      ? 'one that was made for it'
      : `the VM manager's own ${present.providerNetwork}`;
  const isOther = wanted.subnet !== undefined && wanted.subnet !== present.subnet;
  return isOther ? `with the range ${present.subnet}` : undefined;
}

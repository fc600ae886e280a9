import type { PlannedStep } from '@trencadis/saga';
import { type PortChange, wordsOf } from './decide-ports.ts';
import type { DesiredNetwork, ObservedNetwork } from './model.ts';
import { type After, place } from './planned-steps.ts';
import type { CreateNetworkArgs, DeleteNetworkArgs, UpdateNetworkArgs } from './step-arguments.ts';

export function createNetworkStep({ vmm, ...spec }: DesiredNetwork): PlannedStep {
  const args: CreateNetworkArgs = { vmm, spec };
  return {
    id: `create-network:${place({ vmm, name: spec.name })}`,
    kind: 'create-network@1',
    title: networkTitle(spec),
    args,
    after: [],
  };
}

function networkTitle({
  name,
  kind,
  subnet,
  openPorts = [],
  providerNetwork,
}: CreateNetworkArgs['spec']): string {
  const details = [
    ...(subnet === undefined ? [] : [subnet]),
    ...(openPorts.length === 0 ? [] : [`open: ${wordsOf(openPorts).join(', ')}`]),
  ];
  const what = details.length === 0 ? '' : ` (${details.join('; ')})`;
  if (providerNetwork !== undefined) return `use network ${providerNetwork} as ${name}${what}`;
  return `create ${kind} network ${name}${what}`;
}

/** Opens and closes ports of a network that is there. */
export function updateNetworkStep({ network, previous, opened, closed }: PortChange): PlannedStep {
  const { vmm, ...spec } = network;
  const args: UpdateNetworkArgs = { vmm, spec, previous };
  const what = [
    ...(opened.length === 0 ? [] : [`open ${opened.join(', ')}`]),
    ...(closed.length === 0 ? [] : [`close ${closed.join(', ')}`]),
  ];
  const title = `change network ${spec.name} in place (${what.join('; ')})`;
  const id = `update-network:${place({ vmm, name: spec.name })}`;
  return { id, kind: 'update-network@1', title, args, after: [] };
}

export function deleteNetworkStep({ vmm, name }: ObservedNetwork, after: After): PlannedStep {
  const args: DeleteNetworkArgs = { vmm, name };
  const id = `delete-network:${place(args)}`;
  return { id, kind: 'delete-network@1', title: `delete network ${name}`, args, after };
}

import { type ServiceSpec, readServices } from '@trencadis/availability';
import { type RadlDocument, interfacesOf, textOf } from '@trencadis/radl';
import { brandId } from '@trencadis/ids';
import { bastionNetworkOf } from '../bastion.ts';
import type { Infrastructure } from '../model.ts';
import { balancerName, networkName, vmName } from '../resource-names.ts';
import { balancerSystemId } from './expand-services.ts';
import type { BalancerPlace } from './service-step-arguments.ts';

/** Where the balancer of a deployed service is, as far as the infrastructure's members tell; `undefined`: nowhere yet. */
export function deployedBalancer(
  { id, members }: Pick<Infrastructure, 'id' | 'members'>,
  document: RadlDocument,
  spec: ServiceSpec,
): BalancerPlace | undefined {
  const { balancing } = spec;
  if (balancing === undefined) return undefined;
  const ownerId = balancing.sharedWith ?? spec.id;
  const owner = document.services.find((each) => each.id === ownerId);
  const ownerSpec = readServices(document).find((each) => each.id === ownerId);
  if (owner === undefined || ownerSpec === undefined) return undefined;
  const systemId = textOf(owner, 'balancer.system') ?? balancerSystemId(ownerId);
  const hosts = balancing.kind === 'haproxy' ? members.filter((each) => each.systemId === systemId) : [];
  const vmm = (hosts[0] ?? members.find((each) => each.systemId === ownerSpec.systemId))?.vmm;
  if (vmm === undefined || (balancing.kind === 'haproxy' && hosts.length === 0)) return undefined;
  const bastion = bastionOfSystem(document, systemId);
  return {
    name: brandId('VmName', balancerName(id, ownerId)),
    kind: balancing.kind,
    vmm,
    hosts: hosts.map(({ number }) => vmName(id, systemId, number)),
    networks: networksOfSystem(document, ownerSpec.systemId).map((network) => networkName(id, network)),
    ...(bastion === undefined ? {} : { bastion }),
  };
}

function networksOfSystem({ systems }: RadlDocument, systemId: string): readonly string[] {
  const system = systems.find(({ id }) => id === systemId);
  return (system ? interfacesOf(system) : []).map(({ networkId }) => networkId);
}

function bastionOfSystem(document: RadlDocument, systemId: string): string | undefined {
  return bastionNetworkOf(document, networksOfSystem(document, systemId));
}

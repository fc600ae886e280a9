import type { ServiceSpec } from '@trencadis/availability';
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
  const owner = ownerOf(document, spec);
  if (owner === undefined) return undefined;
  const { kind, systemId } = owner;
  const hosts = kind === 'haproxy' ? members.filter((each) => each.systemId === owner.hostSystemId) : [];
  const first = kind === 'haproxy' ? hosts[0] : members.find((each) => each.systemId === systemId);
  if (first === undefined) return undefined;
  const bastion = bastionOfSystem(document, owner.hostSystemId);
  return {
    name: brandId('VmName', balancerName(id, owner.id)),
    kind,
    vmm: first.vmm,
    hosts: hosts.map(({ number }) => vmName(id, owner.hostSystemId, number)),
    networks: networksOfSystem(document, systemId).map((network) => networkName(id, network)),
    ...(bastion === undefined ? {} : { bastion }),
  };
}

/** The service whose balancer it is, with the systems that its replicas and its balancer's VMs are made of. */
function ownerOf(document: RadlDocument, { id, balancing }: ServiceSpec) {
  if (balancing === undefined) return undefined;
  const ownerId = balancing.sharedWith ?? id;
  const section = document.services.find((each) => each.id === ownerId);
  const systemId = section && textOf(section, 'system');
  if (section === undefined || systemId === undefined) return undefined;
  const hostSystemId = textOf(section, 'balancer.system') ?? balancerSystemId(ownerId);
  return { id: ownerId, kind: balancing.kind, systemId, hostSystemId };
}

function networksOfSystem({ systems }: RadlDocument, systemId: string): readonly string[] {
  const system = systems.find(({ id }) => id === systemId);
  return (system ? interfacesOf(system) : []).map(({ networkId }) => networkId);
}

function bastionOfSystem(document: RadlDocument, systemId: string): string | undefined {
  return bastionNetworkOf(document, networksOfSystem(document, systemId));
}

import { type InfrastructureId, brandId, sha256OfJson } from '@trencadis/ids';
import {
  type RadlDocument,
  type RadlNetwork,
  isInSubnet,
  isPublicNetwork,
  outportsOf,
  providerNetworkOf,
  subnetLike,
  subnetPatternOf,
} from '@trencadis/radl';
import type { OpenPorts } from '@trencadis/vmm';
import type { DesiredNetwork } from './model.ts';
import type { SystemRequirements } from './requirements.ts';
import { networkName } from './resource-names.ts';

/** Systems at their VM managers, with what they ask for. */
type Users = readonly {
  readonly vmm: string;
  readonly requirements: Pick<SystemRequirements, 'networkIds' | 'addresses'>;
}[];

/** A public network that several VM managers need is made at each. */
export function networksOf(id: InfrastructureId, document: RadlDocument, systems: Users): DesiredNetwork[] {
  return document.networks.flatMap((network) => {
    const users = systems.filter(({ requirements }) => requirements.networkIds.includes(network.id));
    const spec = specOf(id, network, users);
    return [...new Set(users.map(({ vmm }) => vmm))].map((vmm): DesiredNetwork => ({ vmm, ...spec }));
  });
}

function specOf(id: InfrastructureId, network: RadlNetwork, users: Users): Omit<DesiredNetwork, 'vmm'> {
  const isPublic = isPublicNetwork(network);
  const openPorts = isPublic ? openPortsOf(network) : [];
  const subnet = subnetOf(id, network, users);
  const providerNetwork = providerNetworkOf(network);
  return {
    name: networkName(id, network.id),
    tag: brandId('Tag', id),
    kind: isPublic ? 'public' : 'private',
    ...(subnet === undefined ? {} : { subnet }),
    ...(openPorts.length === 0 ? {} : { openPorts }),
    ...(providerNetwork === undefined ? {} : { providerNetwork }),
  };
}

const sshPort = 22;

/** SSH is open on every public network. */
export function openPortsOf(network: RadlNetwork): readonly OpenPorts[] {
  const isSsh = ({ protocol, from, to, localPort, source }: OpenPorts) =>
    protocol === 'tcp' &&
    from === sshPort &&
    to === sshPort &&
    localPort === undefined &&
    source === undefined;
  return outportsOf(network).filter((each) => !isSsh(each));
}

const octetsOfDigest = /[0-9a-f]{2}/g;

/**
 * For the `*` of `10.0.*.0/24` the numbers of an address that is asked for in it, else some that are always the same
 * for this network of this infrastructure.
 */
function subnetOf(id: InfrastructureId, network: RadlNetwork, users: Users): string | undefined {
  const pattern = subnetPatternOf(network);
  if (pattern === undefined || !pattern.includes('*')) return pattern;
  const asked = users.flatMap(({ requirements: { networkIds, addresses } }) =>
    addresses.filter((_, index) => networkIds[index] === network.id),
  );
  const inside = asked.find((address) => address !== undefined && isInSubnet(address, pattern));
  const octets = sha256OfJson([id, network.id]).match(octetsOfDigest) ?? [];
  const arbitrary = octets.slice(0, 4).map((each) => Number.parseInt(each, 16));
  return subnetLike(pattern, inside ?? arbitrary.join('.'));
}

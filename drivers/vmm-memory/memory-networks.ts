import { PlatformError } from '@trencadis/errors';
import { type Ipv4Range, formatRange, machineAddresses, overlap, parseRange } from '@trencadis/ipv4';
import type { Network, NetworkOperations, NetworkSpec } from '@trencadis/vmm';
import type { MemoryNetwork, MemoryVmmWorld } from './memory-vmm-world.ts';
import { NumberPool } from './number-pool.ts';
import { type Call, type Site, noRoom, sameOwner } from './site.ts';
import { plannedSubnet, subnetCount } from './subnet-plan.ts';

export function memoryNetworks(site: Site, call: Call): NetworkOperations {
  const { world } = site;
  return {
    createNetwork: (spec, signal) =>
      call('createNetwork', signal, () => {
        const existing = world.networks.get(spec.name);
        return existing === undefined ? addNetwork(site, spec) : sameOwner(existing.network, spec.tag);
      }),
    updateNetwork: (spec, signal) => call('updateNetwork', signal, () => openPorts(world, spec)),
    deleteNetwork: (name, signal) =>
      call('deleteNetwork', signal, () => {
        const place = world.networks.get(name);
        if (place === undefined) return;
        const [attached] = place.attached;
        if (attached !== undefined) {
          const message = `The VM ${attached} is on the network ${name}: delete it first.`;
          throw new PlatformError('conflict', message, { subject: name });
        }
        world.networks.delete(name);
        world.askedSubnets.delete(name);
        if (place.index !== undefined) world.subnets.giveBack(place.index);
      }),
    listNetworks: (tag, signal) =>
      call('listNetworks', signal, () => world.networks.ofTag(tag).map(({ network }) => network)),
  };
}

function addNetwork(site: Site, spec: NetworkSpec): Network {
  const { world, quota } = site;
  const limit = quota.networks ?? subnetCount;
  const place = world.networks.size < limit ? placeOf(site, spec) : undefined;
  if (place === undefined) throw noRoom('networks', limit);
  const network = { ...spec, subnet: formatRange(place.subnet) };
  world.networks.set(spec.name, { hosts: hostsIn(place.subnet), ...place, network, attached: new Set() });
  if (spec.subnet !== undefined) world.askedSubnets.set(spec.name, place.subnet);
  return network;
}

const hostsIn = (subnet: Ipv4Range) => new NumberPool(machineAddresses(subnet).count);

function placeOf(site: Site, { providerNetwork, subnet }: NetworkSpec): Place | undefined {
  if (providerNetwork !== undefined) return lentBy(site, providerNetwork);
  return subnet === undefined ? planned(site.world) : askedFor(site.world, subnet);
}

/** Whoever uses it shares its subnet. */
function lentBy({ world, providerNetworks }: Site, name: string): Place | undefined {
  const lent = world.lent.get(name);
  if (lent !== undefined) return lent;
  if (!providerNetworks.includes(name)) {
    const message = `The simulated site has no network '${name}' of its own.`;
    throw new PlatformError('not-found', message, { subject: name });
  }
  const subnet = planned(world)?.subnet;
  if (subnet === undefined) return undefined;
  const place = { subnet, hosts: hostsIn(subnet) };
  world.lent.set(name, place);
  return place;
}

type Place = Pick<MemoryNetwork, 'subnet' | 'index'> & Partial<Pick<MemoryNetwork, 'hosts'>>;

function planned(world: MemoryVmmWorld): Place | undefined {
  const passedOver: number[] = [];
  try {
    for (;;) {
      const index = world.subnets.take();
      if (index === undefined) return undefined;
      const subnet = plannedSubnet(index);
      if (![...world.askedSubnets.values()].some((each) => overlap(each, subnet))) return { subnet, index };
      passedOver.push(index);
    }
  } finally {
    for (const index of passedOver) world.subnets.giveBack(index);
  }
}

function askedFor(world: MemoryVmmWorld, text: string): Place {
  const subnet = parseRange(text);
  if (subnet === undefined)
    throw new PlatformError('invalid-argument', `'${text}' is no subnet: write a.b.c.d/len.`, {
      subject: text,
    });
  if ([...world.networks.values()].some((each) => overlap(each.subnet, subnet))) {
    const message = `The subnet ${text} overlaps another network of the simulated site.`;
    throw new PlatformError('conflict', message, { subject: text });
  }
  return { subnet };
}

function openPorts(world: MemoryVmmWorld, spec: NetworkSpec): Network {
  const place = world.networks.get(spec.name);
  if (place === undefined)
    throw new PlatformError('not-found', `The simulated site has no network ${spec.name}.`, {
      subject: spec.name,
    });
  const { network } = place;
  sameOwner(network, spec.tag);
  const { kind, providerNetwork, subnet = network.subnet } = spec;
  if (kind !== network.kind || providerNetwork !== network.providerNetwork || subnet !== network.subnet) {
    const message = `The network ${spec.name} keeps its kind, its subnet and the network that it uses: make another one.`;
    throw new PlatformError('unsupported', message, { subject: spec.name });
  }
  const { openPorts: _before, ...rest } = network;
  place.network = spec.openPorts === undefined ? rest : { ...rest, openPorts: spec.openPorts };
  return place.network;
}

import { PlatformError } from '@trencadis/errors';
import type { NetworkOperations } from '@trencadis/vmm';
import { NumberPool } from './number-pool.ts';
import { type Call, type Site, noRoom, sameOwner } from './site.ts';
import { hostsPerSubnet, subnetCount, subnetText } from './subnet-plan.ts';

export function memoryNetworks({ world, quota }: Site, call: Call): NetworkOperations {
  return {
    createNetwork: (spec, signal) =>
      call('createNetwork', signal, () => {
        const existing = world.networks.get(spec.name);
        if (existing !== undefined) return sameOwner(existing.network, spec.tag);
        const limit = quota.networks ?? subnetCount;
        const subnet = world.networks.size < limit ? world.subnets.take() : undefined;
        if (subnet === undefined) throw noRoom('networks', limit);
        const network = { ...spec, subnet: subnetText(subnet) };
        const hosts = new NumberPool(hostsPerSubnet);
        world.networks.set(spec.name, { network, subnet, hosts, attached: new Set() });
        return network;
      }),
    deleteNetwork: (name, signal) =>
      call('deleteNetwork', signal, () => {
        const place = world.networks.get(name);
        if (place === undefined) return;
        const [attached] = place.attached;
        if (attached !== undefined) {
          throw new PlatformError(
            'conflict',
            `The VM ${attached} is on the network ${name}: delete it first.`,
            {
              subject: name,
            },
          );
        }
        world.networks.delete(name);
        world.subnets.giveBack(place.subnet);
      }),
    listNetworks: (tag, signal) =>
      call('listNetworks', signal, () => world.networks.ofTag(tag).map(({ network }) => network)),
  };
}

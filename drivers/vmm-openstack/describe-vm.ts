import type { Vm, VmAddress, VmStatus } from '@trencadis/vmm';
import type { OpenstackCredentials } from './credentials.ts';
import type { RecordedInterface } from './server-record.ts';
import type { OwnServer, Server } from './servers.ts';

/** https://docs.openstack.org/api-guide/compute/server_concepts.html ; what is not here is on its way. */
const statuses: Readonly<Record<string, VmStatus>> = {
  ACTIVE: 'running',
  PASSWORD: 'running',
  MIGRATING: 'running',
  RESCUE: 'running',
  SHUTOFF: 'stopped',
  PAUSED: 'stopped',
  SUSPENDED: 'stopped',
  SHELVED: 'stopped',
  SHELVED_OFFLOADED: 'stopped',
  ERROR: 'failed',
  UNKNOWN: 'failed',
};

/** The VM that a server is. */
export function vmOf({ server, record }: OwnServer, { guests }: Pick<OpenstackCredentials, 'guests'>): Vm {
  const status = statusOf(server);
  const addresses = record.interfaces.map((each) => addressOf(each, server));
  const disks = attachedDisks({ server, record });
  const ssh = guests === 'simulated' || status === 'creating' ? undefined : sshOf(record, addresses);
  return {
    name: record.name,
    tag: record.tag,
    status,
    image: record.image,
    cpuCount: server.flavor.vcpus,
    memoryMiB: server.flavor.ram,
    instanceType: server.flavor.original_name,
    addresses,
    disks: disks.map(([, disk]) => disk),
    devices: Object.fromEntries(disks.map(([id, { disk }]) => [disk, devicePath(id)])),
    ...(server.zone === undefined || server.zone === '' ? {} : { zone: server.zone }),
    ...(ssh === undefined ? {} : { ssh }),
    hostKeys: [record.hostKey],
    ...(status === 'failed' ? { failure: failureOf(server) } : {}),
  };
}

export function statusOf({ status, isPoweredOn }: Pick<Server, 'status' | 'isPoweredOn'>): VmStatus {
  if (status === 'VERIFY_RESIZE') return isPoweredOn ? 'running' : 'stopped';
  return statuses[status] ?? 'creating';
}

function failureOf({ status, fault }: Server): string {
  return fault === '' ? `Nova says ${status} and gives no reason.` : fault;
}

/** Nova's view of the floating address lags a little; while it has none of any address, what was made stands. */
function addressOf({ network, address, publicAddress }: RecordedInterface, { addresses }: Server): VmAddress {
  const own = addresses.find((each) => each.address === address && !each.isFloating);
  const floating = addresses.find((each) => each.isFloating && each.port === own?.port)?.address;
  const outer = own === undefined ? publicAddress : floating;
  return { network, address, ...(outer === undefined ? {} : { publicAddress: outer }) };
}

function sshOf(record: OwnServer['record'], addresses: readonly VmAddress[]): Vm['ssh'] {
  const reachable = addresses.filter((_, index) => record.interfaces[index]?.kind === 'public');
  const outer = reachable.find(({ publicAddress }) => publicAddress !== undefined)?.publicAddress;
  const host = outer ?? reachable[0]?.address;
  return host === undefined ? undefined : { host, port: 22, user: record.user };
}

/** While Nova is still building, it may not tell the volumes that were asked for. */
function attachedDisks({ server, record }: OwnServer) {
  const known = [...record.disks];
  if (server.status === 'BUILD') return known;
  return known.filter(([id]) => server.volumeIds.includes(id));
}

/** As udev names a virtio disk with the serial that Nova gives it: 20 characters of the volume's id. */
function devicePath(volumeId: string): string {
  return `/dev/disk/by-id/virtio-${volumeId.slice(0, 20)}`;
}

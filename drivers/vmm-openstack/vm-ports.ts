import { PlatformError, isPlatformError } from '@trencadis/errors';
import { type Tag, type VmName, parseId } from '@trencadis/ids';
import { heldByOther, readDescription, writeDescription } from '@trencadis/openstack-client';
import type { ImageReference, Vm, VmInterface, VmSpec } from '@trencadis/vmm';
import type { Cloud } from './cloud.ts';
import { storedReference } from './glance-images.ts';
import { type NetworkRecord, getRecord } from './network-records.ts';
import { type Wire, outerNetwork, portsOf, wireOf } from './neutron-networks.ts';
import { type NeutronPort, neutronFloating, neutronPort } from './neutron-schemas.ts';
import { oneOfAName } from './one-of-a-name.ts';
import type { RecordedInterface } from './server-record.ts';

/** Owner of a port from its making until Nova takes it: a VM of which there is nothing else yet. */
export const newPortOwner = 'trencadis:new';

/** A port that was made for a VM, with an address of its own if it has one. */
export interface VmPort {
  readonly id: string;
  readonly recorded: RecordedInterface;
}

function portName(vm: VmName, network: string): string {
  return `${vm}/${network}`;
}

/** Whether a port of ours is on that network of ours: several may use one of the cloud's. */
export function isPortOn({ name, description }: NeutronPort, network: string): boolean {
  return readDescription(description) !== undefined && name?.endsWith(`/${network}`) === true;
}

/**
 * Ports for all interfaces, made or found, in the spec's order. Each says what VM it is for, so that a creation that is
 * cut off here is listed and finished or removed. The first interface that is public gets a floating address.
 */
export async function makePorts(cloud: Cloud, spec: VmSpec, signal: AbortSignal): Promise<readonly VmPort[]> {
  const networks = await Promise.all(spec.interfaces.map(({ network }) => getRecord(cloud, network, signal)));
  const ports: VmPort[] = [];
  let isFirstPublic = true;
  for (const [index, record] of networks.entries()) {
    const asked = spec.interfaces[index];
    if (asked === undefined) continue;
    const wire = await wireOf(cloud, record, signal);
    const port = await onePort(cloud, { spec, asked, record, wire }, signal);
    const needsFloating = record.kind === 'public' && isFirstPublic && !wire.isExternal;
    if (record.kind === 'public') isFirstPublic = false;
    const publicAddress = needsFloating ? await floatingOf(cloud, { spec, record, port }, signal) : undefined;
    ports.push(portFor(record, port, publicAddress));
  }
  return ports;
}

function portFor(record: NetworkRecord, port: NeutronPort, publicAddress: string | undefined): VmPort {
  const { name: network, kind } = record;
  const address = port.fixed_ips[0]?.ip_address ?? '';
  const outer = publicAddress === undefined ? {} : { publicAddress };
  return { id: port.id, recorded: { network, address, kind, ...outer } };
}

interface PortPlan {
  readonly spec: VmSpec;
  readonly asked: VmInterface;
  readonly record: NetworkRecord;
  readonly wire: Wire;
}

async function onePort(cloud: Cloud, { spec, asked, record, wire }: PortPlan, signal: AbortSignal) {
  const { name, tag, image } = spec;
  const own = portName(name, record.name);
  const query = { name: own, network_id: wire.networkId };
  const fixed = {
    // Who does not own a network may choose its address only with a right of its own.
    ...(record.providerNetwork === undefined ? { subnet_id: wire.subnet.id } : {}),
    ...(asked.address === undefined ? {} : { ip_address: asked.address }),
  };
  const port = {
    name: own,
    network_id: wire.networkId,
    description: writeDescription({ tag, image: image.location, digest: image.digest }),
    device_owner: newPortOwner,
    security_groups: [record.group.id],
    ...(Object.keys(fixed).length === 0 ? {} : { fixed_ips: [fixed] }),
  };
  const found = await oneOfAName({
    list: async () => {
      const named = (await portsOf(cloud, query, signal)).filter((each) => readDescription(each.description));
      const isMisplaced = ({ fixed_ips: [first], device_id: device }: NeutronPort) =>
        asked.address !== undefined && first?.ip_address !== asked.address && (device ?? '') === '';
      // Of an earlier creation that was cut off, or of a VM that was removed past us.
      for (const each of named.filter(isMisplaced)) await removePort(cloud, each, signal);
      return named.filter((each) => !isMisplaced(each));
    },
    create: () => cloud.neutron.accepted({ method: 'POST', path: '/ports', body: { port } }, signal),
    remove: (each) => removePort(cloud, each, signal),
  });
  const holder = readDescription(found.description)?.['tag'];
  if (holder !== tag) throw heldByOther('VM', name, holder);
  return found;
}

interface FloatingPlan {
  readonly spec: VmSpec;
  readonly record: NetworkRecord;
  readonly port: NeutronPort;
}

/** Of the port, made or found. On a network of the cloud's own that leads nowhere: none. */
async function floatingOf(cloud: Cloud, { spec, record, port }: FloatingPlan, signal: AbortSignal) {
  const { neutron } = cloud;
  const description = writeDescription({ tag: spec.tag, vm: spec.name });
  const list = () => floatings(cloud, { port_id: port.id }, signal);
  try {
    const floating = await oneOfAName({
      list,
      create: async () => {
        const outer = await outerNetwork(cloud, signal);
        const body = { floatingip: { floating_network_id: outer.id, port_id: port.id, description } };
        await neutron.accepted({ method: 'POST', path: '/floatingips', body }, signal);
      },
      remove: ({ id }) => neutron.remove(`/floatingips/${id}`, signal),
    });
    return floating.floating_ip_address;
  } catch (error) {
    const leadsNowhere =
      isPlatformError(error) && /ExternalGatewayForFloatingIPNotFound/.test(String(error.details['kind']));
    if (record.providerNetwork !== undefined && leadsNowhere) return undefined;
    throw error;
  }
}

function floatings({ neutron }: Cloud, query: Record<string, string>, signal: AbortSignal) {
  return neutron.list({ path: '/floatingips', key: 'floatingips', item: neutronFloating, query }, signal);
}

/** With its floating address. */
export async function removePort(
  cloud: Cloud,
  { id }: Pick<NeutronPort, 'id'>,
  signal: AbortSignal,
): Promise<void> {
  for (const each of await floatings(cloud, { port_id: id }, signal)) {
    await cloud.neutron.remove(`/floatingips/${each.id}`, signal);
  }
  await cloud.neutron.remove(`/ports/${id}`, signal);
}

/** All ports and floating addresses of a VM, by what they say of it. Networks that are known make it a small request. */
export async function removePorts(
  cloud: Cloud,
  name: VmName,
  networks: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { neutron } = cloud;
  const project = await neutron.projectId(signal);
  const names = networks?.map((network) => portName(name, network));
  if (names === undefined || names.length > 0) {
    const query = { project_id: project, ...(names === undefined ? {} : { name: names }) };
    const call = { path: '/ports', key: 'ports', item: neutronPort, query };
    const ports = (await neutron.list(call, signal)).filter((port) => vmOfPort(port) === name);
    for (const port of ports) await removePort(cloud, port, signal);
  }
  for (const { id, description } of await floatings(cloud, { project_id: project }, signal)) {
    if (readDescription(description)?.['vm'] === name) await neutron.remove(`/floatingips/${id}`, signal);
  }
}

function vmOfPort({ name, description }: NeutronPort): VmName | undefined {
  if (readDescription(description) === undefined) return undefined;
  return parseId('VmName', (name ?? '').split('/')[0] ?? '');
}

/** VMs of which there are ports only: cut off in the making, or just being made. */
export async function halfMadeVms(cloud: Cloud, signal: AbortSignal): Promise<readonly Vm[]> {
  const query = { project_id: await cloud.neutron.projectId(signal), device_owner: newPortOwner };
  const byName = new Map<VmName, Vm>();
  for (const port of await portsOf(cloud, query, signal)) {
    const name = vmOfPort(port);
    const marks = readDescription(port.description);
    const tag = parseId('Tag', marks?.['tag'] ?? '');
    if (name === undefined || tag === undefined) continue;
    byName.set(name, halfMade(name, tag, storedReference(marks?.['image'] ?? '', marks?.['digest'] ?? '')));
  }
  return [...byName.values()];
}

/** Its size and host key are not known before Nova has it. */
function halfMade(name: VmName, tag: Tag, image: ImageReference): Vm {
  return {
    name,
    tag,
    image,
    status: 'creating',
    cpuCount: 0,
    memoryMiB: 0,
    addresses: [],
    disks: [],
    hostKeys: [],
  };
}

export function checkInterfaces({ name, interfaces }: VmSpec): void {
  if (new Set(interfaces.map(({ network }) => network)).size === interfaces.length) return;
  const message = `The VM ${name} may be on each network only once: name each network once.`;
  throw new PlatformError('invalid-argument', message, { subject: name });
}

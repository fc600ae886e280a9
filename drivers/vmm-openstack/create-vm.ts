import { PlatformError, isPlatformError } from '@trencadis/errors';
import { invalid, oldestFirst } from '@trencadis/openstack-client';
import { generateSshKeyPair } from '@trencadis/ssh-keys';
import type { Vm, VmDisk, VmSpec } from '@trencadis/vmm';
import { firstBootUserData } from '@trencadis/vmm/first-boot';
import { z } from 'zod';
import type { Cloud } from './cloud.ts';
import { deleteServers } from './delete-vm.ts';
import { vmOf } from './describe-vm.ts';
import { isNoRoom } from './errors.ts';
import { bootableImage } from './glance-images.ts';
import { flavorOf } from './instance-types.ts';
import { serverTag } from './server-tag.ts';
import { noVolumes } from './openstack-disks.ts';
import { writeRecord } from './server-record.ts';
import { type OwnServer, awaitServer, findServer, getServer, ownServerOf, serversOfName } from './servers.ts';
import { type VmPort, checkInterfaces, makePorts, removePorts } from './vm-ports.ts';
import { volumesFor } from './volumes.ts';

/** Nova's limit of base64 text. */
const maxUserData = 65_535;
const maxMountPath = 150;

/**
 * Ports with their addresses first, then the server, in one request that carries all that is known of the VM. What fails
 * is removed again; what is cut off is finished by asking once more, or removed by `deleteVm`. Answers as soon as Nova has
 * found a host.
 */
export async function createVm(cloud: Cloud, spec: VmSpec, signal: AbortSignal): Promise<Vm> {
  checkSpec(cloud, spec);
  const known = await ownServerOf(cloud, spec, signal);
  if (known !== undefined) return placed(cloud, spec, known, signal);
  let serverId: string | undefined;
  try {
    const plan = await planServer(cloud, spec, signal);
    const ports = await makePorts(cloud, spec, signal);
    serverId = await bootServer(cloud, { ...plan, spec, ports }, signal);
    return await placed(cloud, spec, await onlyServer(cloud, spec, signal), signal);
  } catch (error) {
    if (!isPlatformError(error) || signal.aborted) throw error;
    const others = await removeFailed(cloud, spec, serverId, signal);
    if (others === undefined) throw error;
    return placed(cloud, spec, others, signal);
  }
}

function checkSpec({ options }: Cloud, spec: VmSpec): void {
  const { name, spot, disks } = spec;
  if (spot !== undefined) {
    const message = `The VM ${name} was asked of spare capacity, which OpenStack does not sell: ask for it without.`;
    throw new PlatformError('unsupported', message, { subject: name });
  }
  if (disks.length > 0 && options.blockStorage === false) throw noVolumes();
  checkInterfaces(spec);
  for (const { mountPath } of disks) {
    if (mountPath.length > maxMountPath) {
      throw invalid(
        name,
        `The mount path ${mountPath.slice(0, 40)}... of the VM ${name} is longer than ${maxMountPath} characters.`,
      );
    }
  }
}

interface ServerPlan {
  readonly imageId: string;
  readonly flavorId: string;
  readonly disks: ReadonlyMap<string, VmDisk>;
}

/** All that can be refused before anything is made. */
async function planServer(cloud: Cloud, spec: VmSpec, signal: AbortSignal): Promise<ServerPlan> {
  const [image, flavorId, disks] = await Promise.all([
    bootableImage(cloud, spec.image, signal),
    flavorOf(cloud, spec, signal),
    volumesFor(cloud, spec.disks, undefined, signal),
  ]);
  return { imageId: image.id, flavorId, disks };
}

interface Boot extends ServerPlan {
  readonly spec: VmSpec;
  readonly ports: readonly VmPort[];
}

async function bootServer({ nova }: Cloud, boot: Boot, signal: AbortSignal): Promise<string> {
  const { spec, ports, flavorId, imageId } = boot;
  const { name, tag, image, login, zone } = spec;
  const hostKey = generateSshKeyPair(name);
  const interfaces = ports.map(({ recorded }) => recorded);
  const { disks } = boot;
  const known = {
    name,
    tag,
    image,
    hostKey: withoutComment(hostKey.publicKey),
    user: login.user,
    interfaces,
    disks,
  };
  const server = {
    name,
    flavorRef: flavorId,
    imageRef: imageId,
    metadata: writeRecord(known),
    tags: [serverTag(tag)],
    user_data: encodedUserData(spec, firstBootUserData(spec, hostKey)),
    // User data reach a VM on a private network, where no metadata service answers.
    config_drive: true,
    networks: ports.length === 0 ? 'none' : ports.map(({ id }) => ({ port: id })),
    block_device_mapping_v2: blockDevices(boot),
    ...(zone === undefined ? {} : { availability_zone: zone }),
  };
  const call = { method: 'POST', path: '/servers', body: { server } } as const;
  const made = await nova.call(call, z.object({ server: z.object({ id: z.string() }) }), signal);
  return made.server.id;
}

function withoutComment(publicKey: string): string {
  return publicKey.split(' ').slice(0, 2).join(' ');
}

/** The image on the host's own disk, and volumes that outlive the server. */
function blockDevices({ imageId, disks }: Boot): readonly object[] {
  const root = {
    boot_index: 0,
    source_type: 'image',
    destination_type: 'local',
    delete_on_termination: true,
  };
  const data = {
    boot_index: -1,
    source_type: 'volume',
    destination_type: 'volume',
    delete_on_termination: false,
  };
  return [{ ...root, uuid: imageId }, ...[...disks.keys()].map((uuid) => ({ ...data, uuid }))];
}

function encodedUserData({ name }: VmSpec, text: string): string {
  const encoded = Buffer.from(text, 'utf8').toString('base64');
  if (encoded.length <= maxUserData) return encoded;
  throw invalid(
    name,
    `The user data of the VM ${name} are too large for OpenStack (${encoded.length} of ${maxUserData} characters): shorten them.`,
  );
}

/** Two processes may have made it at once: both keep the oldest that has not failed and remove the others. */
async function onlyServer(cloud: Cloud, spec: VmSpec, signal: AbortSignal): Promise<OwnServer> {
  const servers = await serversOfName(cloud, spec.name, signal);
  const own = oldestFirst(servers.filter(({ metadata }) => metadata['trencadis_tag'] === spec.tag));
  const [kept] = own.toSorted(
    (one, other) => Number(one.status === 'ERROR') - Number(other.status === 'ERROR'),
  );
  await deleteServers(
    cloud,
    spec.name,
    own.filter(({ id }) => id !== kept?.id),
    signal,
  );
  return getServer(cloud, spec.name, signal);
}

/** As soon as a host is found; where there is none: `quota-exceeded`, and nothing is left. */
async function placed(
  cloud: Cloud,
  spec: VmSpec,
  { server, record }: OwnServer,
  signal: AbortSignal,
): Promise<Vm> {
  const { name } = spec;
  const until = ({ status, task }: OwnServer['server']) => status !== 'BUILD' || task !== 'scheduling';
  const seen = await awaitServer(cloud, { id: server.id, name, what: 'has a place', until }, signal);
  if (seen.status !== 'ERROR' || !isNoRoom(seen.fault)) return vmOf({ server: seen, record }, cloud.options);
  await removeFailed(cloud, spec, server.id, signal);
  const message = `Nova has no room for the VM ${name}: ${seen.fault.replace(/\.?\s*$/, '.')} Free something or ask for a smaller one.`;
  throw new PlatformError('quota-exceeded', message, { subject: name, details: { fault: seen.fault } });
}

/**
 * Removes that server, and the VM's ports unless another process has made its server meanwhile: then that is the VM, and
 * answered.
 */
async function removeFailed(
  cloud: Cloud,
  spec: VmSpec,
  serverId: string | undefined,
  signal: AbortSignal,
): Promise<OwnServer | undefined> {
  const { name, interfaces } = spec;
  const servers = await serversOfName(cloud, name, signal);
  await deleteServers(
    cloud,
    name,
    servers.filter(({ id }) => id === serverId),
    signal,
  );
  const other = await findServer(cloud, name, signal);
  if (other !== undefined) return other.record.tag === spec.tag ? other : undefined;
  const networks = interfaces.map(({ network }) => network);
  await removePorts(cloud, name, networks, signal);
  return undefined;
}

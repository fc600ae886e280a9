import { PlatformError } from '@trencadis/errors';
import { heldByOther } from '@trencadis/openstack-client';
import type { Vm, VmDisk, VmSpec } from '@trencadis/vmm';
import type { Cloud } from './cloud.ts';
import { vmOf } from './describe-vm.ts';
import { isNoRoom } from './errors.ts';
import { flavorOf } from './instance-types.ts';
import { noVolumes } from './openstack-disks.ts';
import { atRest, confirmResize } from './power.ts';
import { diskKey, diskLine } from './server-record.ts';
import { type OwnServer, type Server, act, awaitServer, getServer } from './servers.ts';
import { awaitVolume, volumesFor } from './volumes.ts';

/** Another flavor (Nova restarts a running VM for it) and other disks (live). All is checked before the first change. */
export async function updateVm(cloud: Cloud, spec: VmSpec, signal: AbortSignal): Promise<Vm> {
  const { record } = await getServer(cloud, spec.name, signal);
  if (record.tag !== spec.tag) throw heldByOther('VM', spec.name, record.tag);
  refuseChange(record, spec);
  if (spec.disks.length > 0 && cloud.options.blockStorage === false) throw noVolumes();
  const own = await atRest(cloud, spec.name, signal);
  const wanted = await volumesFor(cloud, spec.disks, own.server, signal);
  const flavorId = await flavorOf(cloud, spec, signal);
  if (spec.instanceType !== own.server.flavor.original_name)
    await resize(cloud, spec, { own, flavorId }, signal);
  await setDisks(cloud, own, wanted, signal);
  return vmOf(await getServer(cloud, spec.name, signal), cloud.options);
}

function refuseChange({ image, interfaces }: OwnServer['record'], spec: VmSpec): void {
  const isSameImage = image.location === spec.image.location && image.digest === spec.image.digest;
  const isSamePlace =
    interfaces.length === spec.interfaces.length &&
    spec.interfaces.every(({ network, address }, index) => {
      const known = interfaces[index];
      return known?.network === network && (address === undefined || address === known.address);
    });
  if (isSameImage && isSamePlace) return;
  const message = `The VM ${spec.name} cannot be given another image or other networks: delete it and make it anew.`;
  throw new PlatformError('unsupported', message, { subject: spec.name });
}

interface Resize {
  readonly own: OwnServer;
  readonly flavorId: string;
}

async function resize(
  cloud: Cloud,
  { name }: VmSpec,
  { own, flavorId }: Resize,
  signal: AbortSignal,
): Promise<void> {
  const { id } = own.server;
  await act(cloud, id, { resize: { flavorRef: flavorId } }, signal);
  const until = ({ status, task }: Server) => status !== 'RESIZE' && task === undefined;
  const seen = await awaitServer(cloud, { id, name, what: 'has its new size', until }, signal);
  if (seen.status === 'VERIFY_RESIZE') {
    await confirmResize(cloud, name, id, signal);
    return;
  }
  // Nova leaves the VM as it was where it finds no host for the new size.
  const code = seen.fault === '' || isNoRoom(seen.fault) ? 'quota-exceeded' : 'unavailable';
  const message = `Nova did not give the VM ${name} its new size: ${seen.fault === '' ? 'it found no host for it' : seen.fault.replace(/\.?\s*$/, '')}. Ask for another one.`;
  throw new PlatformError(code, message, {
    subject: name,
    details: { status: seen.status, fault: seen.fault },
  });
}

/** What leaves is forgotten when Cinder says that it is free; what comes is written down before it is attached. */
async function setDisks(
  cloud: Cloud,
  { server, record }: OwnServer,
  wanted: ReadonlyMap<string, VmDisk>,
  signal: AbortSignal,
): Promise<void> {
  const { nova } = cloud;
  const path = `/servers/${server.id}`;
  const leaving = [...record.disks.keys()].filter((id) => !wanted.has(id));
  for (const id of leaving) {
    if (server.volumeIds.includes(id)) {
      await nova.remove(`${path}/os-volume_attachments/${id}`, signal);
      await awaitVolume(cloud, id, 'available', signal);
    }
    await nova.remove(`${path}/metadata/${diskKey(id)}`, signal);
  }
  const metadata = Object.fromEntries([...wanted].map(([id, disk], index) => diskLine(id, disk, index)));
  if (wanted.size > 0)
    await nova.accepted({ method: 'POST', path: `${path}/metadata`, body: { metadata } }, signal);
  for (const id of wanted.keys()) {
    if (server.volumeIds.includes(id)) continue;
    const body = { volumeAttachment: { volumeId: id } };
    await nova.accepted({ method: 'POST', path: `${path}/os-volume_attachments`, body }, signal);
    await awaitVolume(cloud, id, 'in-use', signal);
  }
}

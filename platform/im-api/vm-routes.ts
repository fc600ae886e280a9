import { PlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import { type ChangeRequest, snapshotTag } from '@trencadis/infrastructure';
import { type ImAnswer, nothing, radlAnswer, valueAnswer } from './answers.ts';
import { carryOut } from './apply-change.ts';
import { describeVm } from './describe-vm.ts';
import { readInteger } from './im-query.ts';
import { ImRefusal } from './im-refusal.ts';
import { type ImRequest, cloudsOf, infrastructureOf, memberOf, nameOf, vmNamesOf } from './im-request.ts';
import type { ImRoute } from './im-route.ts';
import { messagesOf } from './infrastructure-properties.ts';
import type { ImApiParts } from './parts.ts';
import { readDocument } from './read-document.ts';
import { propertyOf } from './vm-document.ts';

const vm = '/infrastructures/:infrastructure/vms/:vm';

export const vmRoutes: readonly ImRoute[] = [
  { method: 'GET', url: vm, answer: show },
  { method: 'PUT', url: vm, answer: alter },
  { method: 'DELETE', url: vm, answer: remove },
  { method: 'GET', url: `${vm}/:property`, answer: getProperty },
  { method: 'PUT', url: `${vm}/start`, answer: (...call) => power('start', ...call) },
  { method: 'PUT', url: `${vm}/stop`, answer: (...call) => power('stop', ...call) },
  { method: 'PUT', url: `${vm}/reboot`, answer: (...call) => power('reboot', ...call) },
  { method: 'PUT', url: `${vm}/disks/:disk/snapshot`, answer: snapshot },
];

async function residentOf(parts: ImApiParts, request: ImRequest, needed: 'read' | 'change') {
  const infrastructure = await infrastructureOf(parts, request, needed);
  return { infrastructure, member: memberOf(infrastructure, request.params['vm'] ?? '') };
}

async function show(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  return radlAnswer(await describeVm(parts, request, await residentOf(parts, request, 'read')));
}

async function getProperty(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const resident = await residentOf(parts, request, 'read');
  const { infrastructure, member } = resident;
  const name = request.params['property'] ?? '';
  if (name === 'contmsg') {
    const { byVm } = await messagesOf(parts, infrastructure);
    return valueAnswer('contmsg', byVm.get(nameOf(infrastructure, member)) ?? '');
  }
  // Machines are reached from here and never have to call back: there is nothing for them to run.
  if (name === 'command') return valueAnswer('command', 'true');
  const value = propertyOf(await describeVm(parts, request, resident), name);
  if (value !== undefined) return valueAnswer(name, value);
  throw new ImRefusal(404, `VM ${member.ordinal} has no property '${name}'.`);
}

async function alter(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const { infrastructure, member } = await residentOf(parts, request, 'change');
  const { radl } = readDocument(request.body);
  if (radl === '') throw new ImRefusal(400, 'The body is empty: send the system with what is new about it.');
  await change(parts, request, { kind: 'alter', vm: nameOf(infrastructure, member), radl, dialect: 'im' });
  return radlAnswer(await describeVm(parts, request, await residentOf(parts, request, 'change')));
}

async function remove(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const isContextualized = request.query.boolean('context', true);
  const infrastructure = await infrastructureOf(parts, request, 'change');
  const vms = vmNamesOf(infrastructure, request.params['vm'] ?? '');
  await change(parts, request, { kind: 'remove', vms, isContextualized });
  return nothing;
}

async function power(
  kind: 'start' | 'stop' | 'reboot',
  parts: ImApiParts,
  request: ImRequest,
): Promise<ImAnswer> {
  const { infrastructure, member } = await residentOf(parts, request, 'change');
  await change(parts, request, { kind, vms: [nameOf(infrastructure, member)] });
  return nothing;
}

/** Of the disk that the machine boots from; answers what a document asks for the image with, as `disk.0.image.url`. */
async function snapshot(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const { query, params, signal } = request;
  const disk = readInteger('path', 'disk_num', params['disk'] ?? '');
  const imageName = query.required('image_name');
  const isDeletedLater = query.boolean('auto_delete', false);
  const { infrastructure, member } = await residentOf(parts, request, 'change');
  if (disk !== 0) throw new ImRefusal(400, 'Only of disk 0 an image can be made.');
  if (isDeletedLater) {
    throw new ImRefusal(400, 'Images outlive their infrastructure here: leave auto_delete out.');
  }
  if (!/^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/.test(imageName)) {
    throw new ImRefusal(400, 'image_name must be 2 to 63 lower-case letters, digits and -.');
  }
  const name = nameOf(infrastructure, member);
  await change(parts, request, { kind: 'snapshot', vm: brandId('VmName', name), imageName });
  const driver = await parts.sites.open(member.vmm);
  const made = (await driver.images.listImages(snapshotTag, signal)).find(
    (image) => image.name === imageName,
  );
  if (made !== undefined) return valueAnswer('image_url', made.location);
  throw new PlatformError('internal', `Image ${imageName} was made and is not there.`, {
    subject: imageName,
  });
}

async function change(parts: ImApiParts, request: ImRequest, wanted: ChangeRequest): Promise<void> {
  const { id } = await infrastructureOf(parts, request, 'change');
  await cloudsOf(parts, request);
  await carryOut(parts, { id, request: wanted, actor: request.caller.owner }, request.signal);
}

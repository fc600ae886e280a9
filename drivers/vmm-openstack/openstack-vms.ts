import type { VmName } from '@trencadis/ids';
import type { Exclusive } from '@trencadis/mutex';
import type { Vm, VmmDriver } from '@trencadis/vmm';
import type { Cloud } from './cloud.ts';
import { createVm } from './create-vm.ts';
import { deleteVm } from './delete-vm.ts';
import { vmOf } from './describe-vm.ts';
import { rebootVm, startVm, stopVm } from './power.ts';
import { findServer, getServer, listServers } from './servers.ts';
import { updateVm } from './update-vm.ts';
import { halfMadeVms } from './vm-ports.ts';
import { z } from 'zod';

type VmOperations = Pick<
  VmmDriver,
  | 'createVm'
  | 'deleteVm'
  | 'describeVm'
  | 'listVms'
  | 'startVm'
  | 'stopVm'
  | 'rebootVm'
  | 'updateVm'
  | 'readConsole'
>;

/** A VM is a server of Nova, whose metadata tell all that Nova does not know of it. */
export function openstackVms(cloud: Cloud, exclusive: Exclusive): VmOperations {
  const onVm = <Result>(name: VmName, signal: AbortSignal, work: () => Promise<Result>) =>
    exclusive(`vm ${name}`, signal, work);
  return {
    createVm: (spec, signal) => onVm(spec.name, signal, () => createVm(cloud, spec, signal)),
    deleteVm: (name, signal) => onVm(name, signal, () => deleteVm(cloud, name, signal)),
    startVm: (name, signal) => onVm(name, signal, () => startVm(cloud, name, signal)),
    stopVm: (name, signal) => onVm(name, signal, () => stopVm(cloud, name, signal)),
    rebootVm: (name, signal) => onVm(name, signal, () => rebootVm(cloud, name, signal)),
    updateVm: (spec, signal) => onVm(spec.name, signal, () => updateVm(cloud, spec, signal)),
    describeVm: (name, signal) => exclusive(undefined, signal, () => describe(cloud, name, signal)),
    listVms: (tag, signal) => exclusive(undefined, signal, () => list(cloud, tag, signal)),
    readConsole: (name, signal) => exclusive(undefined, signal, () => readConsole(cloud, name, signal)),
  };
}

async function describe(cloud: Cloud, name: VmName, signal: AbortSignal): Promise<Vm | undefined> {
  const found = await findServer(cloud, name, signal);
  if (found !== undefined) return vmOf(found, cloud.options);
  return (await halfMadeVms(cloud, signal)).find((vm) => vm.name === name);
}

/** Ports are asked for first: a VM that gets its server meanwhile is in the second answer. */
async function list(cloud: Cloud, tag: Vm['tag'], signal: AbortSignal): Promise<readonly Vm[]> {
  const halfMade = (await halfMadeVms(cloud, signal)).filter((vm) => vm.tag === tag);
  const vms = (await listServers(cloud, tag, signal)).map((own) => vmOf(own, cloud.options));
  const names = new Set(vms.map((vm) => vm.name));
  return [...vms, ...halfMade.filter((vm) => !names.has(vm.name))];
}

const consoleLimit = 64 * 1024;

async function readConsole(cloud: Cloud, name: VmName, signal: AbortSignal): Promise<string> {
  const { server } = await getServer(cloud, name, signal);
  const call = {
    method: 'POST',
    path: `/servers/${server.id}/action`,
    body: { 'os-getConsoleOutput': {} },
  } as const;
  const answer = await cloud.nova.answer(call, signal);
  // Nova keeps no output of a VM that has not started yet, or whose host does not say.
  if (answer.status === 409 || answer.status === 501) return '';
  if (answer.status >= 400) throw cloud.nova.refusal(call, answer);
  const parsed = z.object({ output: z.string().nullish() }).safeParse(answer.body);
  const bytes = Buffer.from(parsed.success ? (parsed.data.output ?? '') : '', 'utf8');
  const text = bytes.subarray(Math.max(0, bytes.length - consoleLimit)).toString('utf8');
  // A character that was cut in two would come back longer than it was.
  return bytes.length > consoleLimit ? text.replace(/^\uFFFD+/, '') : text;
}

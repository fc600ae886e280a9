import { PlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import type { Cloud } from './cloud.ts';
import { type OwnServer, type Server, act, awaitServer, getServer, settled } from './servers.ts';

/** What wakes a server, by the status that it is in. */
const wakings: Readonly<Record<string, object>> = {
  SHUTOFF: { 'os-start': null },
  PAUSED: { unpause: null },
  SUSPENDED: { resume: null },
  SHELVED: { unshelve: null },
  SHELVED_OFFLOADED: { unshelve: null },
};

/** At rest, and with a change of its size that was cut off brought to its end. */
export async function atRest(cloud: Cloud, name: VmName, signal: AbortSignal): Promise<OwnServer> {
  const { server, record } = await getServer(cloud, name, signal);
  const rested = await settled(cloud, { id: server.id, name }, signal);
  if (rested.status !== 'VERIFY_RESIZE') return { server: rested, record };
  return { server: await confirmResize(cloud, name, rested.id, signal), record };
}

export async function confirmResize(
  cloud: Cloud,
  name: VmName,
  id: string,
  signal: AbortSignal,
): Promise<Server> {
  await act(cloud, id, { confirmResize: null }, signal);
  const until = ({ status, task }: Server) => status !== 'VERIFY_RESIZE' && task === undefined;
  return awaitServer(cloud, { id, name, what: 'has its new size', until }, signal);
}

export async function startVm(cloud: Cloud, name: VmName, signal: AbortSignal): Promise<void> {
  const { server } = await atRest(cloud, name, signal);
  await wake(cloud, name, server, signal);
}

async function wake(cloud: Cloud, name: VmName, server: Server, signal: AbortSignal): Promise<void> {
  if (server.status === 'ACTIVE') return;
  const waking = wakings[server.status];
  if (waking === undefined) throw cannot('started', name, server);
  await act(cloud, server.id, waking, signal);
  await reach(cloud, name, { id: server.id, status: 'ACTIVE' }, signal);
}

export async function stopVm(cloud: Cloud, name: VmName, signal: AbortSignal): Promise<void> {
  const { server } = await atRest(cloud, name, signal);
  if (server.status in wakings) return;
  if (server.status === 'ERROR') throw cannot('stopped', name, server);
  await act(cloud, server.id, { 'os-stop': null }, signal);
  await reach(cloud, name, { id: server.id, status: 'SHUTOFF' }, signal);
}

export async function rebootVm(cloud: Cloud, name: VmName, signal: AbortSignal): Promise<void> {
  const { server } = await atRest(cloud, name, signal);
  if (server.status in wakings) return wake(cloud, name, server, signal);
  // Of a VM that has failed, only the hard way is left.
  const type = server.status === 'ACTIVE' ? 'SOFT' : 'HARD';
  await act(cloud, server.id, { reboot: { type } }, signal);
  await reach(cloud, name, { id: server.id, status: 'ACTIVE' }, signal);
}

async function reach(
  cloud: Cloud,
  name: VmName,
  { id, status }: Pick<Server, 'id' | 'status'>,
  signal: AbortSignal,
): Promise<void> {
  const until = (each: Server) =>
    each.task === undefined && (each.status === status || each.status === 'ERROR');
  const what = status === 'ACTIVE' ? 'runs' : 'is stopped';
  const server = await awaitServer(cloud, { id, name, what, until }, signal);
  if (server.status === 'ERROR') throw cannot(status === 'ACTIVE' ? 'started' : 'stopped', name, server);
}

function cannot(done: string, name: VmName, { status, fault }: Server): PlatformError {
  const reason = fault === '' ? '' : `: ${fault.replace(/\.?\s*$/, '')}`;
  const message = `The VM ${name} cannot be ${done}, Nova says ${status}${reason}. Delete it and make it anew.`;
  return new PlatformError('conflict', message, { subject: name, details: { status, fault } });
}

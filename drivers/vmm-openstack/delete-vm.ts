import { pollUntil } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import type { Cloud } from './cloud.ts';
import { readRecord } from './server-record.ts';
import { type Server, serversOfName } from './servers.ts';
import { removePorts } from './vm-ports.ts';

const pollMs = 300;
const deadlineMs = 10 * 60_000;

/** All of that name that are ours, then their ports and floating addresses. A name that others hold is not touched. */
export async function deleteVm(cloud: Cloud, name: VmName, signal: AbortSignal): Promise<void> {
  const servers = await serversOfName(cloud, name, signal);
  const own = servers.filter(({ metadata }) => readRecord(metadata)?.name === name);
  await deleteServers(cloud, name, own, signal);
  const networks = own.flatMap(({ metadata }) => readRecord(metadata)?.interfaces ?? []);
  await removePorts(
    cloud,
    name,
    own.length === 0 ? undefined : networks.map(({ network }) => network),
    signal,
  );
}

/** Returns when Nova knows them no more, so that their volumes and ports are free. */
export async function deleteServers(
  { nova, clock }: Cloud,
  name: VmName,
  servers: readonly Server[],
  signal: AbortSignal,
): Promise<void> {
  for (const { id } of servers) await nova.remove(`/servers/${id}`, signal);
  for (const { id } of servers) {
    const isGone = async () => {
      const call = { path: `/servers/${id}` };
      const answer = await nova.answer(call, signal);
      if (answer.status === 404) return true;
      if (answer.status >= 400) throw nova.refusal(call, answer);
      return undefined;
    };
    const gone = await pollUntil(isGone, { clock, everyMs: pollMs, deadlineMs, signal });
    if (gone === undefined) throw stillThere(name);
  }
}

function stillThere(name: VmName): PlatformError {
  const message = `Nova was asked to delete the VM ${name} and still has it after ${deadlineMs / 60_000} minutes: look at it there.`;
  return new PlatformError('unavailable', message, { subject: name });
}

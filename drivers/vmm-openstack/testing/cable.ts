import { readlink } from 'node:fs/promises';
import { pollUntil, systemClock } from '@trencadis/clock';
import { execa } from 'execa';

/** A free /30 of this host for one namespace: our end and the services' end. */
export async function freeAddresses(): Promise<{ readonly host: string; readonly services: string }> {
  const { stdout } = await execa('ip', ['-4', 'route', 'show', 'table', 'all']);
  for (let third = 77; third < 120; third += 1) {
    if (!stdout.includes(`10.206.${third}.`)) {
      return { host: `10.206.${third}.1`, services: `10.206.${third}.2` };
    }
  }
  throw new Error('every range from 10.206.77.0/30 to 10.206.119.0/30 is in use on this host');
}

/** A cable from here into the namespace of that process; it is gone with either end. */
export async function cable(pid: number, addresses: { host: string; services: string }): Promise<void> {
  const own = await readlink('/proc/self/ns/net');
  const isApart = async () => ((await readlink(`/proc/${pid}/ns/net`)) === own ? undefined : true);
  await pollUntil(isApart, { clock: systemClock, everyMs: 20, deadlineMs: 10_000 });
  const link = `tros${pid}`;
  await execa('ip', ['link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid)]);
  await execa('ip', ['address', 'add', `${addresses.host}/30`, 'dev', link]);
  await execa('ip', ['link', 'set', link, 'up']);
  const inside = ['-t', String(pid), '-n', 'ip'];
  await execa('nsenter', [...inside, 'address', 'add', `${addresses.services}/30`, 'dev', 'eth0']);
  await execa('nsenter', [...inside, 'link', 'set', 'eth0', 'up']);
}

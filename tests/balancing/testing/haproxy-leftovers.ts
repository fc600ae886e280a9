import type { LabHost } from './balancer-lab.ts';

const script = `
ls -A /etc/haproxy | grep -vx errors
ls /etc/keepalived/keepalived.conf 2>/dev/null
ps -o args= -C haproxy
ps -o args= -C keepalived
systemctl is-enabled haproxy keepalived | grep -vx disabled
`;

/** What of a balancer is still at its machines: files, processes, units that would start. */
export async function haproxyLeftovers(hosts: readonly LabHost[]): Promise<readonly string[]> {
  const found = await Promise.all(hosts.map((host) => host.script(script)));
  return found.flatMap((text) => text.split('\n').filter((line) => line !== ''));
}

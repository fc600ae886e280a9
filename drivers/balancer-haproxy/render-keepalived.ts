import type { BalancerHost } from '@trencadis/availability';
import { PlatformError } from '@trencadis/errors';
import { sha256OfText } from '@trencadis/ids';
import type { HostView } from './host-view.ts';
import { paths } from './paths.ts';
import { type HostRecord, balancersOf } from './record.ts';

/**
 * keepalived's configuration of one host of a pair (VRRP 3 without authentication, RFC 5798): adverts every second to
 * the other host alone, so that it works where a network passes no multicast. The address moves when a host says nothing for about 3.6 s,
 * and at once when a host that lives finds its HAProxy dead. It does not move back by itself. Absent: no address moves.
 */
export function renderKeepalived(
  record: HostRecord,
  hosts: readonly BalancerHost[],
  own: { readonly host: BalancerHost; readonly view: Pick<HostView, 'addresses'> },
): string | undefined {
  const peer = hosts.find(({ name }) => name !== own.host.name);
  const addresses = virtualAddresses(record);
  if (peer === undefined || addresses.length === 0) return undefined;
  const { host } = own;
  const link = own.view.addresses.find(({ address }) => address === host.address)?.link;
  if (link === undefined) {
    throw new PlatformError('conflict', `VM ${host.name} has no link with its address ${host.address}.`, {
      subject: host.name,
    });
  }
  const priority = hosts.indexOf(host) === 0 ? 101 : 100;
  const instances = addresses.map((address) =>
    instanceOf(address, { link, priority, own: host.address, peer: peer.address }),
  );
  const body = [globals(host.name), ...instances].join('\n');
  return `# trencadis ${sha256OfText(body).slice(0, 16)}\n${body}`;
}

export function virtualAddresses(record: HostRecord): readonly string[] {
  const all = balancersOf(record).flatMap(({ virtualAddress }) => virtualAddress ?? []);
  return [...new Set(all)].toSorted();
}

function globals(name: string): string {
  return `global_defs {
  router_id ${name}
  script_user root
  enable_script_security
  vrrp_version 3
}

vrrp_script haproxy {
  script "/usr/bin/timeout 1 /usr/bin/socat -u /dev/null UNIX-CONNECT:${paths.socket}"
  interval 1
  timeout 2
  fall 2
  rise 1
}
`;
}

interface Place {
  readonly link: string;
  readonly priority: number;
  readonly own: string;
  readonly peer: string;
}

function instanceOf(address: string, { link, priority, own, peer }: Place): string {
  return `vrrp_instance ${address} {
  state BACKUP
  nopreempt
  interface ${link}
  virtual_router_id ${routerId(address)}
  priority ${priority}
  advert_int 1
  unicast_src_ip ${own}
  unicast_peer {
    ${peer}
  }
  virtual_ipaddress {
    ${address} dev ${link}
  }
  track_script {
    haproxy
  }
}
`;
}

/** 1 to 255, the same at both. */
function routerId(address: string): number {
  return (Number.parseInt(sha256OfText(address).slice(0, 8), 16) % 255) + 1;
}

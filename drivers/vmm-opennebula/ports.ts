import { formatAddress, parseRange, sizeOf } from '@trencadis/ipv4';
import type { OpenPorts } from '@trencadis/vmm';
import type { Vector } from './template-text.ts';

/** As a mark keeps them: `tcp:443:443::` and so on, in order, blanks between; none: `-`; not told: ''. */
export function portsText(ports: readonly OpenPorts[] | undefined): string {
  if (ports === undefined) return '';
  const texts = ports.map(({ protocol, from, to, localPort, source }) =>
    [protocol, from, to, localPort ?? '', source ?? ''].join(':'),
  );
  return texts.length === 0 ? '-' : texts.join(' ');
}

export function parsePorts(text: string | undefined): readonly OpenPorts[] | undefined {
  if (text === undefined) return undefined;
  return text.split(' ').flatMap((each) => {
    const [protocol = '', from, to, localPort = '', source = ''] = each.split(':');
    if (!isProtocol(protocol)) return [];
    return [
      {
        protocol,
        from: Number(from),
        to: Number(to),
        ...(localPort === '' ? {} : { localPort: Number(localPort) }),
        ...(source === '' ? {} : { source }),
      },
    ];
  });
}

const isProtocol = (text: string): text is OpenPorts['protocol'] => /^(?:tcp|udp|icmp)$/.test(text);

/** What cannot be asked for, and why; nothing: `undefined`. */
export function portsProblem(
  ports: readonly OpenPorts[],
): { readonly code: 'invalid-argument' | 'unsupported'; readonly problem: string } | undefined {
  for (const { from, to, localPort, source, protocol } of ports) {
    if (![from, to].every((port) => Number.isInteger(port) && port >= 0 && port <= 65_535) || from > to) {
      return { code: 'invalid-argument', problem: `${protocol} ${from} to ${to} is no range of ports` };
    }
    if (source !== undefined && parseRange(source) === undefined) {
      return { code: 'invalid-argument', problem: `'${source}' is no IPv4 range: write a.b.c.d/len` };
    }
    if (localPort !== undefined && localPort !== from) {
      return { code: 'unsupported', problem: `port ${from} cannot lead to another one, ${localPort}` };
    }
  }
  return undefined;
}

/**
 * Rules of a security group (https://docs.opennebula.io/6.8, security groups): out all, in SSH and these ports, and all
 * from VMs of the same network.
 */
export function rulesOf(ports: readonly OpenPorts[], networkId: number): readonly Vector[] {
  const inbound = { RULE_TYPE: 'inbound' };
  return [
    { PROTOCOL: 'ALL', RULE_TYPE: 'outbound' },
    { PROTOCOL: 'ALL', ...inbound, NETWORK_ID: networkId },
    { PROTOCOL: 'TCP', ...inbound, RANGE: '22' },
    ...ports.map(({ protocol, from, to, source }) => ({
      PROTOCOL: protocol.toUpperCase(),
      ...inbound,
      ...(protocol === 'icmp' ? {} : { RANGE: from === to ? `${from}` : `${from}:${to}` }),
      ...sourceOf(source),
    })),
  ];
}

/** The first address, and how many from there. */
function sourceOf(source: string | undefined): Vector {
  const subnet = source === undefined ? undefined : parseRange(source);
  return subnet === undefined ? {} : { IP: formatAddress(subnet.first), SIZE: sizeOf(subnet) };
}

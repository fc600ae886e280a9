import { PlatformError } from '@trencadis/errors';
import { parseRange } from '@trencadis/ipv4';
import { invalid } from '@trencadis/openstack-client';
import type { NetworkSpec, OpenPorts } from '@trencadis/vmm';
import type { Cloud } from './cloud.ts';
import type { NeutronGroup } from './neutron-schemas.ts';

/**
 * What each incoming rule of a security group is for, as its description: rules cannot be changed, so that it says all.
 * `inside`: from VMs of the same group. `ssh`: 22 on a public network. The others are ports that were asked for.
 */
const inside = 'trencadis inside';
const ssh = 'trencadis ssh';
const opening = 'trencadis open';

export function checkPorts({ name, openPorts = [] }: NetworkSpec): void {
  for (const ports of openPorts) {
    if (ports.localPort !== undefined && ports.localPort !== ports.from) {
      const message = `The network ${name} cannot lead port ${ports.from} to port ${ports.localPort}: OpenStack maps no ports. Open the VM's own port.`;
      throw new PlatformError('unsupported', message, { subject: name });
    }
    if (!isRange(ports))
      throw invalid(name, `The network ${name} cannot open ${print(ports)}: that is no range of ports.`);
  }
}

function isRange({ protocol, from, to, source }: OpenPorts): boolean {
  const isSource = source === undefined || parseRange(source) !== undefined;
  const isOrdered = Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= 65_535;
  return isSource && isOrdered && (protocol === 'icmp' ? to === 0 : to > 0);
}

function print({ protocol, from, to, source = 'any' }: OpenPorts): string {
  return `${protocol} ${from}-${to} from ${source}`;
}

/** The ports that a group opens because they were asked for. */
export function openPortsOf(group: NeutronGroup): readonly OpenPorts[] {
  const described = group.security_group_rules.map(({ description }) => description ?? '').toSorted();
  return described.flatMap((text) => {
    const match = /^trencadis open (tcp|udp|icmp) (\d+)-(\d+) from (\S+)$/.exec(text);
    if (match === null) return [];
    const [, protocol, from, to, source] = match;
    const ports = { protocol: protocol as OpenPorts['protocol'], from: Number(from), to: Number(to) };
    return source === undefined || source === 'any' ? [ports] : [{ ...ports, source }];
  });
}

/** Whether its rules have been made: those between its own VMs come with all others in one request. */
export function hasRules(group: NeutronGroup): boolean {
  return group.security_group_rules.some(({ description }) => description === inside);
}

/** Makes and removes rules until they are those of the spec. */
export async function setRules(
  { neutron }: Cloud,
  group: NeutronGroup,
  spec: Pick<NetworkSpec, 'kind' | 'openPorts'>,
  signal: AbortSignal,
): Promise<void> {
  const wanted = rulesOf(spec);
  const present = group.security_group_rules.filter(({ direction }) => direction === 'ingress');
  const unwanted = present.filter(({ description }) => !wanted.has(description ?? ''));
  for (const { id } of unwanted) await neutron.remove(`/security-group-rules/${id}`, signal);
  const there = new Set(present.map(({ description }) => description ?? ''));
  const missing = [...wanted].filter(([description]) => !there.has(description));
  if (missing.length === 0) return;
  const rules = missing.map(([description, rule]) => ({
    security_group_id: group.id,
    direction: 'ingress',
    ethertype: 'IPv4',
    description,
    ...(description === inside ? { remote_group_id: group.id } : rule),
  }));
  const body = { security_group_rules: rules };
  await neutron.accepted({ method: 'POST', path: '/security-group-rules', body }, signal);
}

/** By description. Neutron refuses a second rule of the same content, so SSH that is asked for is not opened twice. */
function rulesOf({ kind, openPorts = [] }: Pick<NetworkSpec, 'kind' | 'openPorts'>): Map<string, object> {
  const asked = openPorts.map((ports) => [`${opening} ${print(ports)}`, contentOf(ports)] as const);
  const contents = new Set(asked.map(([, content]) => JSON.stringify(content)));
  const login = contentOf({ protocol: 'tcp', from: 22, to: 22 });
  const isOpenAnyway = kind === 'private' || contents.has(JSON.stringify(login));
  return new Map<string, object>([[inside, {}], ...(isOpenAnyway ? [] : [[ssh, login] as const]), ...asked]);
}

/** Neutron knows no port 0 of TCP and UDP. */
function contentOf({ protocol, from, to, source }: OpenPorts): object {
  const range = protocol === 'icmp' ? {} : { port_range_min: Math.max(1, from), port_range_max: to };
  return { protocol, ...range, ...(source === undefined ? {} : { remote_ip_prefix: source }) };
}

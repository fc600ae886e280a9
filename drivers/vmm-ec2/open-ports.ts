import type { IpPermission } from '@aws-sdk/client-ec2';
import { invalid, unsupported } from '@trencadis/aws-client';
import { parseRange } from '@trencadis/ipv4';
import type { NetworkSpec, OpenPorts } from '@trencadis/vmm';

/** One rule of a security group for those outside of it. */
export interface Rule {
  readonly protocol: OpenPorts['protocol'];
  /** Both -1 for ICMP: any type and code. */
  readonly from: number;
  readonly to: number;
  readonly source: string;
  /** In the rule's description: what the platform opens by itself is not shown as asked for. */
  readonly isAsked: boolean;
}

const everybody = '0.0.0.0/0';
const askedDescription = 'asked for';
const ssh: Rule = { protocol: 'tcp', from: 22, to: 22, source: everybody, isAsked: false };

/** What the security group of such a network lets in from outside: SSH and the asked ports on a public one, else nothing. */
export function wantedRules({ name, kind, openPorts = [] }: NetworkSpec): readonly Rule[] {
  if (kind === 'private') return [];
  const asked = openPorts.map((ports) => ruleOf(name, ports));
  return [...distinct(asked), ...(asked.some((rule) => isSameRule(rule, ssh)) ? [] : [ssh])];
}

function ruleOf(network: string, ports: OpenPorts): Rule {
  checkPorts(network, ports);
  const { protocol, from, to, source = everybody } = ports;
  const range = protocol === 'icmp' ? { from: -1, to: -1 } : { from, to };
  return { protocol, ...range, source, isAsked: true };
}

function checkPorts(network: string, { from, to, localPort, source }: OpenPorts): void {
  if (localPort !== undefined && (localPort !== from || from !== to)) {
    throw unsupported(
      `The network ${network} leads port ${from} to ${localPort}: Amazon EC2 maps no ports. Open the VM's own one.`,
      network,
    );
  }
  if (!(from >= 0 && from <= to && to <= 65_535)) {
    throw invalid(
      `The network ${network} opens the ports ${from}-${to}: write 0 to 65535, in order.`,
      network,
    );
  }
  if (source !== undefined && parseRange(source) === undefined) {
    throw invalid(`The network ${network} is opened to ${source}: write an IPv4 range a.b.c.d/len.`, network);
  }
}

function distinct(rules: readonly Rule[]): Rule[] {
  return rules.filter((rule, index) => rules.findIndex((other) => isSameRule(rule, other)) === index);
}

/** As Amazon sees it: the description is no part of a rule. */
function isSameRule(one: Rule, other: Rule): boolean {
  return keyOf(one) === keyOf(other);
}

const keyOf = ({ protocol, from, to, source }: Rule) => `${protocol} ${from} ${to} ${source}`;

export function permissionOf({ protocol, from, to, source, isAsked }: Rule): IpPermission {
  const description = isAsked ? { Description: askedDescription } : {};
  return {
    IpProtocol: protocol,
    FromPort: from,
    ToPort: to,
    IpRanges: [{ CidrIp: source, ...description }],
  };
}

/** All members of the group reach each other. */
export function insidePermission(groupId: string): IpPermission {
  return { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: groupId }] };
}

export function hasInsidePermission(permissions: readonly IpPermission[], groupId: string): boolean {
  return permissions.some(
    ({ IpProtocol, UserIdGroupPairs = [] }) =>
      IpProtocol === '-1' && UserIdGroupPairs.some(({ GroupId }) => GroupId === groupId),
  );
}

/** The rules for those outside among a group's permissions. */
export function rulesOf(permissions: readonly IpPermission[]): readonly Rule[] {
  return permissions.flatMap(({ IpProtocol, FromPort = -1, ToPort = -1, IpRanges = [] }) => {
    if (IpProtocol !== 'tcp' && IpProtocol !== 'udp' && IpProtocol !== 'icmp') return [];
    return IpRanges.map(({ CidrIp = everybody, Description }) => ({
      protocol: IpProtocol,
      from: FromPort,
      to: ToPort,
      source: CidrIp,
      isAsked: Description === askedDescription,
    }));
  });
}

/** What has to change so that exactly the wanted rules hold. A rule that is only described otherwise is made anew. */
export function ruleChanges(
  present: readonly Rule[],
  wanted: readonly Rule[],
): { readonly opened: readonly Rule[]; readonly closed: readonly Rule[] } {
  const isIn = (rules: readonly Rule[]) => (rule: Rule) =>
    rules.some((other) => isSameRule(rule, other) && rule.isAsked === other.isAsked);
  return {
    opened: wanted.filter((rule) => !isIn(present)(rule)),
    closed: present.filter((rule) => !isIn(wanted)(rule)),
  };
}

/** As a network tells them; Amazon keeps no order, so they are by protocol, port and source. */
export function openPortsOf(permissions: readonly IpPermission[]): readonly OpenPorts[] {
  const asked = rulesOf(permissions).filter(({ isAsked }) => isAsked);
  const ordered = asked.toSorted(
    (one, other) =>
      one.protocol.localeCompare(other.protocol) ||
      one.from - other.from ||
      one.to - other.to ||
      one.source.localeCompare(other.source),
  );
  return ordered.map(({ protocol, from, to, source }) => ({
    protocol,
    from: Math.max(from, 0),
    to: Math.max(to, 0),
    ...(source === everybody ? {} : { source }),
  }));
}

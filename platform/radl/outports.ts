import type { FormatProblem } from './check-format.ts';
import { isSubnetPattern } from './ipv4.ts';

const entry =
  /^(?:(?<cidr>\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2})-)?(?:(?<from>\d{1,9}):(?<to>\d{1,9})(?:\/(?<rangeProtocol>\w+))?(?<dropped>-\d{1,9}(?:\/(?<droppedProtocol>\w+))?)?|(?<remote>\d{1,9})(?:\/(?<remoteProtocol>\w+))?(?:-(?<local>\d{1,9})(?:\/(?<localProtocol>\w+))?)?)$/;
const protocols = new Set(['tcp', 'udp', 'icmp']);
const form =
  'each port is 22, 8080-80/tcp (remote to local) or 9000:9010 (a range), after an optional 10.0.0.0/8-';

/** Ports that outsiders reach, as `outports` says. */
export interface OutPorts {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** First and last, 0 to 65535, as outsiders name them. All of ICMP: both 0. */
  readonly from: number;
  readonly to: number;
  /** The machine's port behind a single outer one, where it has another number. */
  readonly localPort?: number;
  /** Those who may come in, `a.b.c.d/len`; absent: everybody. */
  readonly source?: string;
}

/** What an `outports` opens (RADL, section 4), each once. What is wrong in it, which its check tells, opens nothing. */
export function parseOutports(text: string): readonly OutPorts[] {
  const opened = text.split(',').flatMap((each) => {
    const groups = entry.exec(each)?.groups;
    const found = groups && protocolProblem(each, groups) === undefined ? portsOf(groups) : undefined;
    return found ?? [];
  });
  return [...new Map(opened.map((each) => [JSON.stringify(each), each])).values()];
}

function portsOf(groups: Groups): OutPorts | undefined {
  const protocol = (groups['rangeProtocol'] ?? groups['remoteProtocol'] ?? 'tcp') as OutPorts['protocol'];
  const ports = protocol === 'icmp' ? { from: 0, to: 0 } : numbersOf(groups);
  const { cidr } = groups;
  return ports && { protocol, ...ports, ...(cidr === undefined ? {} : { source: cidr }) };
}

function numbersOf({ from, to, remote, local }: Groups): Omit<OutPorts, 'protocol'> | undefined {
  const first = Number(from ?? remote);
  const last = Number(to ?? remote);
  const inner = Number(local ?? first);
  if (first > last || Math.max(last, inner) > largestPort) return undefined;
  return { from: first, to: last, ...(inner === first ? {} : { localPort: inner }) };
}

const largestPort = 65_535;

/** `outports` of a network: a comma list without blanks (RADL, section 4). */
export function checkOutports(text: string): FormatProblem | undefined {
  for (const each of text.split(',')) {
    const problem = checkEntry(each);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function checkEntry(text: string): FormatProblem | undefined {
  const groups = entry.exec(text)?.groups;
  if (groups === undefined) {
    const hint = text !== text.trim() ? 'write the list without blanks' : form;
    return { message: `"${text}" is no port to open`, hint };
  }
  return protocolProblem(text, groups) ?? portProblem(text, groups);
}

type Groups = Readonly<Record<string, string | undefined>>;

function protocolProblem(text: string, groups: Groups): FormatProblem | undefined {
  const { cidr } = groups;
  if (cidr !== undefined && !isSubnetPattern(cidr)) {
    const message = `"${cidr}" is no range of IPv4 addresses`;
    return { message, hint: 'write 10.0.0.0/8', isAcceptedByIm: true };
  }
  const first = groups['rangeProtocol'] ?? groups['remoteProtocol'];
  const second = groups['droppedProtocol'] ?? groups['localProtocol'];
  const unknown = [first, second].find((name) => name !== undefined && !protocols.has(name));
  if (unknown !== undefined)
    return { message: `"${unknown}" is no protocol`, hint: 'write tcp, udp or icmp' };
  if (second === undefined || second === (first ?? 'tcp')) return undefined;
  const shown = first === undefined ? 'tcp, as nothing is said,' : first;
  const message = `"${text}" has two protocols: ${shown} on the left and ${second} on the right`;
  return { message, hint: 'write the same on both sides' };
}

/** What IM takes in silence. */
function portProblem(text: string, groups: Groups): FormatProblem | undefined {
  const { from, to, remote, local, dropped } = groups;
  const isAcceptedByIm = true;
  if (dropped !== undefined) {
    return { message: `"${text}" maps a range to a port`, hint: `write ${from}:${to}`, isAcceptedByIm };
  }
  const ports = [from, to, remote, local].filter((port) => port !== undefined).map(Number);
  if (ports.some((port) => port > largestPort)) {
    return { message: `"${text}" has a port above 65535`, isAcceptedByIm };
  }
  if (Number(from) > Number(to))
    return { message: `"${text}" is a range that ends before it starts`, isAcceptedByIm };
  return undefined;
}

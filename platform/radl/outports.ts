import type { FormatProblem } from './check-format.ts';

const entry =
  /^(?:(?<cidr>\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2})-)?(?:(?<from>\d{1,9}):(?<to>\d{1,9})(?:\/(?<rangeProtocol>\w+))?|(?<remote>\d{1,9})(?:\/(?<remoteProtocol>\w+))?(?:-(?<local>\d{1,9})(?:\/(?<localProtocol>\w+))?)?)$/;
const protocols = new Set(['tcp', 'udp', 'icmp']);
const form =
  'each port is 22, 8080-80/tcp (remote to local) or 9000:9010 (a range), after an optional 10.0.0.0/8-';

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
  const { from, to, remote, local, rangeProtocol, remoteProtocol, localProtocol } = groups;
  const named = [rangeProtocol, remoteProtocol, localProtocol].filter((name) => name !== undefined);
  const unknown = named.find((name) => !protocols.has(name));
  if (unknown !== undefined)
    return { message: `"${unknown}" is no protocol`, hint: 'write tcp, udp or icmp' };
  if (remoteProtocol !== undefined && localProtocol !== undefined && remoteProtocol !== localProtocol) {
    return { message: `"${text}" has a protocol on each side, and they differ` };
  }
  const ports = [from, to, remote, local].filter((port) => port !== undefined).map(Number);
  if (ports.some((port) => port > 65_535)) {
    return { message: `"${text}" has a port above 65535`, isAcceptedByIm: true };
  }
  if (Number(from) > Number(to))
    return { message: `"${text}" is a range that ends before it starts`, isAcceptedByIm: true };
  return undefined;
}

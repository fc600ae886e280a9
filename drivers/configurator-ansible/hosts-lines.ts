import type { ConfigurationContext } from '@trencadis/contextualization';
import { type Member, byNumber, membersOf } from './variables.ts';

/** Lines for /etc/hosts (hosts(5)): every machine by the address at which this one reaches it. */
export function hostsLines(context: ConfigurationContext): readonly string[] {
  const members = membersOf(context);
  const [self] = members;
  return members
    .toSorted((a, b) => a.systemId.localeCompare(b.systemId, 'en') || byNumber(a, b))
    .flatMap((member) => linesOf(member, self));
}

function linesOf(member: Member, self: Member): readonly string[] {
  const { facts, vmName } = member;
  const address = reachableAddress(member, self);
  const main = address === undefined ? [] : [lineOf(address, [facts.hostName, vmName])];
  const others = facts.interfaces.flatMap((each) =>
    each.hostName === undefined || each.hostName === facts.hostName
      ? []
      : [lineOf(each.address, [each.hostName])],
  );
  return [...main, ...others];
}

function lineOf(address: string, hostNames: readonly string[]): string {
  const names = hostNames.flatMap((name) => [name, name.split('.')[0]]);
  return [address, ...new Set(names)].join(' ');
}

/** On a network that both are on, else the public one. */
export function reachableAddress(member: Member, self: Member): string | undefined {
  const network = Object.keys(member.addresses).find((id) => id in self.addresses);
  const { interfaces } = member.facts;
  return (
    (network === undefined ? undefined : member.addresses[network]) ??
    interfaces.find(({ kind }) => kind === 'public')?.address ??
    interfaces[0]?.address
  );
}

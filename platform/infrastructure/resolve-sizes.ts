import type { Diagnostic } from '@trencadis/radl';
import type { ResolvedSystem } from './assemble-desired.ts';
import type { Roster } from './decide-members.ts';
import { type MemberSize, sizesAt } from './member-sizes.ts';
import type { Infrastructure, Member } from './model.ts';
import type { Offers } from './offers.ts';
import { resolutionError } from './resolution-problems.ts';
import { vmNames } from './resource-names.ts';

export interface Sizes {
  readonly byMember: ReadonlyMap<Member, MemberSize>;
  readonly diagnostics: readonly Diagnostic[];
}

interface Choices {
  readonly systems: readonly ResolvedSystem[];
  readonly roster: Roster;
  readonly offers: Pick<Offers, 'vmms' | 'vms'>;
}

/** The size of every VM, an instance type where its VM manager has such; or what is altered so that none fits any more. */
export function resolveSizes(
  { id }: Pick<Infrastructure, 'id'>,
  { systems, roster, offers }: Choices,
): Sizes {
  const sites = new Map(offers.vmms.map((site) => [site.vmm, sizesAt(site)]));
  const current = new Map(offers.vms.map((vm) => [`${vm.vmm} ${vm.name}`, vm]));
  const resolved = new Map(systems.map((each) => [`${each.system.id} ${each.vmm}`, each]));
  const names = new Map(systems.map(({ system }) => [system.id, vmNames(id, system.id)]));
  const byMember = new Map<Member, MemberSize>();
  const diagnostics: Diagnostic[] = [];
  for (const member of roster.members) {
    const { systemId, vmm, number } = member;
    const system = resolved.get(`${systemId} ${vmm}`);
    const name = names.get(systemId)?.(number);
    const size = system && sites.get(vmm)?.(member, system, current.get(`${vmm} ${name}`));
    if (system === undefined || size === undefined) continue;
    if ('spec' in size) byMember.set(member, size);
    else diagnostics.push(noneFits(system, `${name}`, size.because));
  }
  return { byMember, diagnostics };
}

function noneFits({ system, vmm }: ResolvedSystem, name: string, because: string): Diagnostic {
  const message = `No instance type at ${vmm} fits VM ${name} as it was altered: ${because}.`;
  return resolutionError('noInstanceType', system.span, { message, hint: 'Alter it to another size.' });
}

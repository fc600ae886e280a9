import type { Member, Target } from './model.ts';

export type Roster = Pick<Target, 'members' | 'nextOrdinal'>;

/** VMs that leave in the same plan that makes others: their names are not free yet. */
export interface Leaving {
  readonly leaving?: readonly Pick<Member, 'systemId' | 'number'>[] | undefined;
}

/** So many VMs of a system at one VM manager. */
export interface WantedMembers {
  readonly systemId: string;
  readonly count: number;
  readonly vmm: string;
}

/**
 * Which VMs there shall be. Those that are there stay, the lowest numbers first; new ones take the lowest numbers that
 * are free. Of one system at one VM manager, the oldest comes first: it is the one that holds a database. Pure; what it
 * answered, asked again, it answers again.
 */
export function decideMembers(current: Roster & Leaving, wanted: readonly WantedMembers[]): Roster {
  const bySystem = Map.groupBy(current.members, ({ systemId }) => systemId);
  const leaving = Map.groupBy(current.leaving ?? [], ({ systemId }) => systemId);
  const kept = new Map<string, Set<Member>>();
  let { nextOrdinal } = current;
  const members = wanted.flatMap(({ systemId, count, vmm }) => {
    const all = bySystem.get(systemId) ?? [];
    const taken = kept.get(systemId) ?? new Set<Member>();
    kept.set(systemId, taken);
    const stay = all
      .filter((member) => member.vmm === vmm && !taken.has(member))
      .toSorted((one, other) => one.number - other.number)
      .slice(0, count);
    for (const member of stay) taken.add(member);
    const used = [...all, ...taken, ...(leaving.get(systemId) ?? [])];
    const added = freeNumbers(used, count - stay.length).map((number): Member => {
      const member = { systemId, number, ordinal: nextOrdinal, vmm };
      nextOrdinal += 1;
      return member;
    });
    for (const member of added) taken.add(member);
    return [...stay, ...added].toSorted((one, other) => one.ordinal - other.ordinal);
  });
  return { members, nextOrdinal };
}

function freeNumbers(members: readonly Pick<Member, 'number'>[], count: number): number[] {
  const used = new Set(members.map(({ number }) => number));
  const free: number[] = [];
  for (let number = 1; free.length < count; number += 1) if (!used.has(number)) free.push(number);
  return free;
}

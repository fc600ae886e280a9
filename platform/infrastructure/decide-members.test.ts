import { test as propertyTest } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Roster, type WantedMembers, decideMembers } from './decide-members.ts';
import type { Member } from './model.ts';

const arbitraryWanted: fc.Arbitrary<readonly WantedMembers[]> = fc.uniqueArray(
  fc.record({
    systemId: fc.constantFrom('front', 'back'),
    count: fc.integer({ min: 0, max: 5 }),
    vmm: fc.constantFrom('memory', 'second'),
  }),
  { selector: ({ systemId, vmm }) => `${systemId} ${vmm}`, maxLength: 4 },
);

const empty: Roster = { members: [], nextOrdinal: 0 };

/** What a few documents left, some VMs of which were removed, stopped or altered since. */
const arbitraryRoster: fc.Arbitrary<Roster> = fc
  .tuple(fc.array(arbitraryWanted, { maxLength: 3 }), fc.infiniteStream(fc.nat(5)))
  .map(([documents, numbers]) =>
    documents.reduce((roster, wanted) => {
      const { members, nextOrdinal } = decideMembers(roster, wanted);
      const changed = members.flatMap((member): Member[] => {
        const { value } = numbers.next() as { readonly value: number };
        if (value === 0) return [];
        if (value === 1) return [{ ...member, isStopped: true }];
        return [value === 2 ? { ...member, alteration: { cpuCount: 2 } } : member];
      });
      return { members: changed, nextOrdinal };
    }, empty),
  );

describe('decideMembers', () => {
  propertyTest.prop([arbitraryRoster, arbitraryWanted])(
    'gives each VM manager its number of VMs',
    (now, wanted) => {
      const { members } = decideMembers(now, wanted);
      const counts = wanted.map(
        ({ systemId, vmm }) =>
          members.filter((member) => member.systemId === systemId && member.vmm === vmm).length,
      );
      expect(counts).toEqual(wanted.map(({ count }) => count));
      expect(members).toHaveLength(counts.reduce((sum, count) => sum + count, 0));
    },
  );

  propertyTest.prop([arbitraryRoster, arbitraryWanted])('asked again, answers the same', (now, wanted) => {
    const once = decideMembers(now, wanted);
    expect(decideMembers(once, wanted)).toEqual(once);
  });

  propertyTest.prop([arbitraryRoster, arbitraryWanted])(
    'gives no number of a system twice, none of a VM that leaves, and no ordinal ever again',
    (now, wanted) => {
      const { members, nextOrdinal } = decideMembers(now, wanted);
      const names = members.map(({ systemId, number }) => `${systemId} ${number}`);
      expect(new Set(names).size).toBe(members.length);
      const isKept = (member: Member) => now.members.includes(member);
      const leaving = now.members.filter((member) => !members.includes(member));
      expect(
        names.filter((name) => leaving.some((each) => `${each.systemId} ${each.number}` === name)),
      ).toEqual([]);
      const ordinals = members.map(({ ordinal }) => ordinal);
      expect(new Set(ordinals).size).toBe(members.length);
      const added = members.filter((member) => !isKept(member)).map(({ ordinal }) => ordinal);
      expect(added).toEqual(added.map((_, index) => now.nextOrdinal + index));
      expect(nextOrdinal).toBe(now.nextOrdinal + added.length);
    },
  );

  propertyTest.prop([arbitraryRoster, arbitraryWanted])(
    'keeps those that are there as they are, the lowest numbers first, and makes only what lacks',
    (now, wanted) => {
      const { members } = decideMembers(now, wanted);
      for (const { systemId, vmm, count } of wanted) {
        const isHere = (member: Member) => member.systemId === systemId && member.vmm === vmm;
        const here = now.members.filter(isHere).toSorted((one, other) => one.number - other.number);
        const kept = members.filter((member) => now.members.includes(member) && isHere(member));
        expect(new Set(kept)).toEqual(new Set(here.slice(0, count)));
        expect(members.filter(isHere).slice(0, kept.length)).toEqual(kept);
      }
    },
  );

  it('fills the numbers that are free, lowest first', () => {
    const members = [2, 4].map((number, ordinal) => ({ systemId: 'front', number, ordinal, vmm: 'memory' }));
    const wanted = [{ systemId: 'front', count: 5, vmm: 'memory' }];
    const decided = decideMembers({ members, nextOrdinal: 9 }, wanted).members;
    expect(decided.map(({ number, ordinal }) => [number, ordinal])).toEqual([
      [2, 0],
      [4, 1],
      [1, 9],
      [3, 10],
      [5, 11],
    ]);
  });

  it('gives one that moves a name of its own, as both are there for a while', () => {
    const here = [{ systemId: 'front', number: 1, ordinal: 0, vmm: 'memory' }];
    const wanted = [{ systemId: 'front', count: 1, vmm: 'second' }];
    expect(decideMembers({ members: here, nextOrdinal: 1 }, wanted)).toEqual({
      members: [{ systemId: 'front', number: 2, ordinal: 1, vmm: 'second' }],
      nextOrdinal: 2,
    });
  });
});

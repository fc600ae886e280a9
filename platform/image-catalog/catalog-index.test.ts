import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { CatalogIndex } from './catalog-index.ts';
import type { ImageOffer } from './image-offer.ts';
import { matchImages } from './match.ts';
import type { Audience, ImageCaller, MatchResult, Vmi } from './model.ts';
import { arbitraryCatalog, arbitraryRequirements } from './testing/arbitrary-catalog.ts';
import { paperVmi } from './testing/table-1.ts';

const put = (index: CatalogIndex, id: string, offers: readonly ImageOffer[]): void =>
  index.put(id, JSON.stringify(offers));
const offerOf = (vmi: Vmi, search: Audience = 'all'): ImageOffer => ({
  vmi,
  search,
  isDefault: true,
  channels: [],
  otherChannels: [],
});

function indexOf(vmis: readonly Vmi[]): CatalogIndex {
  const index = new CatalogIndex();
  for (const vmi of vmis) put(index, vmi.id, [offerOf(vmi)]);
  return index;
}

const idsOf = (result: MatchResult): readonly string[] => result.ranked.map(({ vmi }) => vmi.id);
const everything = { hard: [], soft: [] };
const matchOptions = fc.record(
  {
    preferredVmms: fc.subarray(['local', 'libvirt', 'EC2']),
    limit: fc.constantFrom(1, 2, 100),
    score: fc.constantFrom('weights' as const, 'im' as const),
  },
  { requiredKeys: ['preferredVmms'] },
);

describe('for any requirements and any catalog the index', () => {
  test.prop([arbitraryRequirements, arbitraryCatalog, matchOptions], { numRuns: 400 })(
    'answers as judging every image does',
    (asked, vmis, options) => {
      expect(indexOf(vmis).match(asked, options)).toEqual(matchImages(asked, vmis, options));
    },
  );

  test.prop([arbitraryRequirements, arbitraryCatalog, arbitraryCatalog, fc.array(fc.nat(7))], {
    numRuns: 200,
  })('forgets what was replaced and removed', (asked, before, after, removed) => {
    const index = indexOf(before);
    index.match(asked);
    for (const vmi of after) put(index, vmi.id, [offerOf(vmi)]);
    const all = new Map([...before, ...after].map((vmi) => [vmi.id as string, vmi]));
    for (const number of removed) {
      put(index, `vmi-${number}`, []);
      all.delete(`vmi-${number}`);
    }
    expect(index.match(asked)).toEqual(matchImages(asked, [...all.values()]));
    expect(index.size).toBe(all.size);
  });
});

describe('what a caller finds', () => {
  const audiences: readonly Audience[] = ['owner', 'group', 'all', 'none'];
  const index = new CatalogIndex();
  for (const audience of audiences) {
    put(index, audience, [
      offerOf({ ...paperVmi(audience, audience, []), owner: 'ana', group: 'lab' }, audience),
    ]);
  }
  const caller = (user: string, groups: readonly string[] = [], isAdmin = false): ImageCaller => ({
    user,
    groups,
    isAdmin,
  });

  it.each([
    ['its owner', caller('ana'), ['all', 'group', 'owner']],
    ['a member of its group', caller('bob', ['lab']), ['all', 'group']],
    ['anybody', caller('bob', ['other']), ['all']],
    ['an admin', caller('root', [], true), ['all', 'group', 'none', 'owner']],
  ])('is what the image says: %s', (_who, who, found) => {
    expect(idsOf(index.match(everything, { caller: who }))).toEqual(found);
  });

  it('does not tell of near misses that they may not search', () => {
    const asked = {
      hard: [{ kind: 'application' as const, name: 'maven' }],
      soft: [],
    };
    const { nearMisses } = index.match(asked, { caller: caller('bob') });
    expect(nearMisses.map(({ vmi }) => vmi.id)).toEqual(['all']);
  });
});

it('answers with one version an image, that of the channel', () => {
  const index = new CatalogIndex();
  const version = (number: number): Vmi => ({ ...paperVmi('base', 'Base', []), versionNumber: number });
  put(index, 'base', [
    { ...offerOf(version(1)), channels: ['stable'], otherChannels: ['test', 'broken'] },
    { ...offerOf(version(2)), isDefault: false, channels: ['test'], otherChannels: ['stable', 'broken'] },
  ]);
  const numbers = (channel?: string) =>
    index
      .match(everything, channel === undefined ? {} : { channel })
      .ranked.map(({ vmi }) => vmi.versionNumber);
  expect(numbers()).toEqual([1]);
  expect(numbers('stable')).toEqual([1]);
  expect(numbers('test')).toEqual([2]);
  expect(numbers('broken')).toEqual([]);
  expect(numbers('of another image')).toEqual([1]);
});

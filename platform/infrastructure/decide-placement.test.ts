import { test as propertyTest } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlacementOffer, type PlacementRequest, decidePlacement } from './decide-placement.ts';

const keys: readonly string[] = ['a', 'b', 'c'];
type Changes = Partial<Omit<PlacementRequest, 'images' | 'present' | 'placed'>> & {
  readonly scores?: Readonly<Record<string, number>>;
  readonly present?: Readonly<Record<string, number>>;
};

function request({
  scores = { a: 1, b: 1, c: 1 },
  present = {},
  ...changes
}: Changes = {}): PlacementRequest {
  const images = keys.map((key) => {
    const score = scores[key];
    return [key, score === undefined ? { because: `none at ${key}` } : { score }] as const;
  });
  return {
    systemId: 'front',
    count: 1,
    size: { cpuCount: 1, memoryMiB: 512 },
    privateNetworks: [],
    ...changes,
    placed: new Map(Object.entries(present)),
    present: new Map(Object.entries(present)),
    images: new Map(images),
  };
}

function offer(vmm: string, changes: Partial<PlacementOffer> = {}): PlacementOffer {
  return { vmm, name: `name of ${vmm}`, quota: {}, ...changes };
}

const offers = keys.map((key) => offer(key));
const decide = (
  requests: readonly PlacementRequest[],
  changes: Partial<Record<string, PlacementOffer>> = {},
  refusals: readonly string[] = [],
) =>
  decidePlacement(
    requests,
    offers.map((each) => changes[each.vmm] ?? each),
    refusals,
  );
const placesOf = (...args: Parameters<typeof decide>) =>
  decide(...args).map((each) => (each.kind === 'placed' ? each.placement.vmm : 'refused'));
const reasonsOf = (...args: Parameters<typeof decide>) =>
  decide(...args).flatMap((each) =>
    each.kind === 'placed'
      ? each.placement.others.map(({ vmm, because }) => `${vmm}: ${because}`)
      : each.reasons.map(({ vmm, because }) => `${vmm}: ${because}`),
  );

const arbitraryRequest = fc
  .record({
    count: fc.integer({ min: 1, max: 4 }),
    cloudId: fc.option(fc.constantFrom('a', 'name of b', 'nowhere'), { nil: undefined, freq: 3 }),
    cpuCount: fc.integer({ min: 1, max: 4 }),
    privateNetworks: fc.subarray(['n1', 'n2', 'n3']),
    scores: fc.dictionary(fc.constantFrom(...keys), fc.integer({ min: 0, max: 3 }), {
      noNullPrototype: true,
    }),
    present: fc.dictionary(fc.constantFrom(...keys), fc.integer({ min: 0, max: 4 }), {
      noNullPrototype: true,
    }),
  })
  .map(({ cloudId, cpuCount, ...rest }) =>
    request({ ...rest, size: { cpuCount, memoryMiB: 512 }, ...(cloudId === undefined ? {} : { cloudId }) }),
  );
const arbitraryRequests = fc
  .array(arbitraryRequest, { minLength: 1, maxLength: 5 })
  .map((all) => all.map((each, index) => ({ ...each, systemId: `s${index}` })));
const arbitraryOffers = fc.tuple(
  ...keys.map((key) =>
    fc
      .record({
        limit: fc.option(fc.integer({ min: -1, max: 12 }), { nil: undefined }),
        used: fc.integer({ min: 0, max: 3 }),
        price: fc.integer({ min: 0, max: 2 }),
      })
      .map(({ limit, used, price }) =>
        offer(key, {
          perHour: ({ cpuCount }) => cpuCount * price,
          quota: limit === undefined ? {} : { vms: { used, limit }, cpuCount: { used, limit: limit * 2 } },
        }),
      ),
  ),
);

const newOf = ({ count, present }: PlacementRequest, vmm: string) =>
  Math.max(0, count - (present.get(vmm) ?? 0));
const isThere = (requests: readonly PlacementRequest[], vmm: string) =>
  requests.some(({ present }) => (present.get(vmm) ?? 0) > 0);

function expectPossible(
  group: readonly PlacementRequest[],
  { vmm, name }: Pick<PlacementOffer, 'vmm' | 'name'>,
  refusals: readonly string[],
): void {
  for (const { cloudId, images } of group) {
    if (cloudId !== undefined) expect([vmm, name]).toContain(cloudId);
    expect(images.get(vmm)).toHaveProperty('score');
  }
  const isNew = group.some((each) => newOf(each, vmm) > 0);
  if (refusals.includes(vmm) && !isThere(group, vmm)) expect(isNew).toBe(false);
}

describe('decidePlacement', () => {
  propertyTest.prop([arbitraryRequests, arbitraryOffers, fc.subarray([...keys])], { numRuns: 500 })(
    'places a group only where the document, its images, the refusals and the quotas let it',
    (requests, sites, refusals) => {
      const decisions = decidePlacement(requests, sites, refusals);
      expect(decisions.flatMap((each) => each.requests).toSorted(byId)).toEqual(requests);
      const placed = decisions.flatMap((each) => (each.kind === 'placed' ? [each] : []));
      for (const { requests: group, placement } of placed) {
        const { vmm, name } = sites.find((each) => each.vmm === placement.vmm)!;
        expectPossible(group, { vmm, name }, refusals);
        expect(placement.others.map((each) => each.vmm)).toEqual(keys.filter((key) => key !== placement.vmm));
      }
      for (const { vmm, quota } of sites) {
        const added = placed
          .filter(({ placement }) => placement.vmm === vmm)
          .flatMap(({ requests: group }) => group)
          .map((each) => ({ count: newOf(each, vmm), cpuCount: newOf(each, vmm) * each.size.cpuCount }));
        const sum = (what: 'count' | 'cpuCount') => added.reduce((total, each) => total + each[what], 0);
        for (const [use, asked] of [
          [quota.vms, sum('count')],
          [quota.cpuCount, sum('cpuCount')],
        ] as const)
          if (use && use.limit >= 0 && asked > 0) expect(use.used + asked).toBeLessThanOrEqual(use.limit);
      }
    },
  );

  propertyTest.prop([arbitraryRequests, arbitraryOffers])(
    'keeps together what private networks join, and nothing else',
    (requests, sites) => {
      const groups = decidePlacement(requests, sites, []).map((each) => each.requests);
      const groupOf = (wanted: PlacementRequest) => groups.findIndex((group) => group.includes(wanted));
      for (const one of requests)
        for (const other of requests)
          if (one.privateNetworks.some((each) => other.privateNetworks.includes(each)))
            expect(groupOf(one)).toBe(groupOf(other));
      for (const group of groups)
        for (const one of group)
          expect(
            group.length === 1 ||
              group.some(
                (other) =>
                  other !== one && one.privateNetworks.some((each) => other.privateNetworks.includes(each)),
              ),
          ).toBe(true);
    },
  );

  propertyTest.prop([arbitraryRequests, arbitraryOffers, fc.subarray([...keys])])(
    'refuses a group only with a reason for each VM manager',
    (requests, sites, refusals) => {
      for (const decision of decidePlacement(requests, sites, refusals)) {
        if (decision.kind === 'placed') continue;
        expect(decision.reasons.map(({ vmm }) => vmm)).toEqual(keys);
        for (const { because } of decision.reasons) expect(because).not.toBe('');
      }
    },
  );

  it('takes the best image by number of VMs, then the lowest price, then the first', () => {
    expect(placesOf([request({ scores: { a: 1, b: 2, c: 1 } })])).toEqual(['b']);
    const group = [
      request({ count: 1, scores: { a: 3, b: 0 }, privateNetworks: ['n'] }),
      request({ systemId: 'back', count: 4, scores: { a: 0, b: 1 }, privateNetworks: ['n'] }),
    ];
    expect(placesOf(group)).toEqual(['b']);
    const priced = (a: number, b: number) => ({
      a: offer('a', { perHour: () => a }),
      b: offer('b', { perHour: () => b }),
      c: offer('c', { perHour: () => 9 }),
    });
    expect(placesOf([request()], priced(2, 1))).toEqual(['b']);
    expect(placesOf([request()], priced(1, 1))).toEqual(['a']);
    expect(placesOf([request({ scores: { a: 2, b: 1 } })], priced(2, 1))).toEqual(['a']);
  });

  it('obeys what the document names, by name or key', () => {
    expect(placesOf([request({ cloudId: 'name of c' })])).toEqual(['c']);
    expect(placesOf([request({ cloudId: 'c' })])).toEqual(['c']);
    expect(reasonsOf([request({ cloudId: 'nowhere' })])).toEqual(
      keys.map((key) => `${key}: the document deploys front on nowhere`),
    );
  });

  it('stays where its VMs are, even where it would have no room for a new group', () => {
    const there = request({ present: { b: 1 }, scores: { a: 9, b: 1 } });
    expect(placesOf([there])).toEqual(['b']);
    expect(placesOf([there], {}, ['b'])).toEqual(['b']);
    const full = { b: offer('b', { quota: { vms: { used: 4, limit: 4 } } }) };
    expect(placesOf([there], full)).toEqual(['b']);
  });

  it('moves no VM that is there because more are asked for than there is room for', () => {
    const more = request({ count: 3, present: { b: 2 } });
    const full = { b: offer('b', { quota: { vms: { used: 4, limit: 4 } } }) };
    expect(placesOf([more], full)).toEqual(['refused']);
    expect(reasonsOf([more], full)[0]).toBe('a: VMs of it are at b, and do not move by themselves');
    expect(placesOf([{ ...more, cloudId: 'a' }], full)).toEqual(['a']);
  });

  it('goes to the next where one had no room, and says so', () => {
    expect(placesOf([request()], {}, ['a'])).toEqual(['b']);
    expect(reasonsOf([request()], {}, ['a'])[0]).toBe('a: it had no room when it was tried');
    expect(placesOf([request()], {}, [...keys])).toEqual(['refused']);
  });

  it('counts what the groups before it take of a quota', () => {
    const small = { a: offer('a', { quota: { memoryMiB: { used: 0, limit: 1024 } } }) };
    const two = [request({ count: 2 }), request({ systemId: 'back' })];
    expect(placesOf(two, small)).toEqual(['a', 'b']);
    expect(reasonsOf([two[1]!, two[0]!], small)).toContain(
      'a: 1536 MiB of memory asked for, 1024 of its quota of 1024 left',
    );
  });

  it('says which image is wanting where', () => {
    const requests = [
      request({ scores: {}, privateNetworks: ['n'] }),
      request({ systemId: 'back', scores: { a: 1 }, privateNetworks: ['n'] }),
    ];
    expect(reasonsOf(requests)).toEqual([
      'a: front: none at a',
      'b: front: none at b; back: none at b',
      'c: front: none at c; back: none at c',
    ]);
  });
});

function byId(one: PlacementRequest, other: PlacementRequest): number {
  return one.systemId < other.systemId ? -1 : 1;
}

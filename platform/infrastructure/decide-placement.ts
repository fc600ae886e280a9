import type { VmmQuota } from '@trencadis/vmm';
import type { Placement } from './model.ts';

/** A VM manager to choose from. */
export interface PlacementOffer {
  /** Its key. */
  readonly vmm: string;
  /** What `deploy X N NAME` calls it. */
  readonly name: string;
  readonly quota: VmmQuota;
  readonly perHour?: (size: VmSize) => number;
  /** Why nothing can be made there now. */
  readonly outage?: { readonly because: string };
}

export interface VmSize {
  readonly cpuCount: number;
  readonly memoryMiB: number;
}

/** VMs of one system that a document deploys, with what each VM manager has for them. */
export interface PlacementRequest {
  readonly systemId: string;
  readonly count: number;
  /** Those of them that are placed already, by VM manager's key. */
  readonly placed: ReadonlyMap<string, number>;
  /** Those of them that are there, likewise. */
  readonly present: ReadonlyMap<string, number>;
  readonly cloudId?: string;
  readonly size: VmSize;
  /** Document's ids of its private networks. */
  readonly privateNetworks: readonly string[];
  /** By VM manager's key: how well its best image fits, or why there is none. */
  readonly images: ReadonlyMap<string, { readonly score: number } | { readonly because: string }>;
  /** By VM manager's key; absent: it can have them, in that size. */
  readonly fits?: ReadonlyMap<string, SiteFit>;
}

/** The size that VMs have at a VM manager, and what each costs where it has a price of its own; or why they cannot be there. */
export type SiteFit = { readonly size: VmSize; readonly perHour?: number } | { readonly because: string };

export type PlacementDecision =
  | { readonly kind: 'placed'; readonly placement: Placement; readonly requests: readonly PlacementRequest[] }
  | {
      readonly kind: 'refused';
      readonly requests: readonly PlacementRequest[];
      readonly reasons: readonly { readonly vmm: string; readonly because: string }[];
    };

/**
 * Where each group of systems goes (paper 4.4). Systems joined by a private network share one VM manager: the one that
 * `deploy` names, else the one where some of them are, else the possible one of the highest score (image score by
 * number of VMs), then the lowest price, then the order of the offers. `refusals`: had no room when it was tried.
 */
export function decidePlacement(
  requests: readonly PlacementRequest[],
  offers: readonly PlacementOffer[],
  refusals: readonly string[],
): readonly PlacementDecision[] {
  const rooms = new Rooms(offers);
  return groupsOf(requests).map((group) => {
    const candidates = offers.map((offer) => judge(group, offer, { refusals, rooms }));
    const best = candidates
      .filter(({ isPossible }) => isPossible)
      .toSorted((one, other) => other.rank - one.rank || one.perHour - other.perHour)[0];
    if (best === undefined) return { kind: 'refused', requests: group, reasons: candidates };
    rooms.take(best.vmm, best.added);
    const others = candidates.filter((each) => each !== best);
    return {
      kind: 'placed',
      requests: group,
      placement: {
        systemIds: [...new Set(group.map(({ systemId }) => systemId))],
        vmm: best.vmm,
        because: best.because,
        others: others.map(({ vmm, because, isPossible }) => ({ vmm, because, isPossible })),
      },
    };
  });
}

interface Candidate {
  readonly vmm: string;
  readonly isPossible: boolean;
  readonly because: string;
  readonly rank: number;
  readonly perHour: number;
  readonly added: readonly NewVm[];
}

interface NewVm extends VmSize {
  readonly perHour: number;
}

/** Above every sum of scores: what was placed stays. */
const whereItIs = 1e12;

function judge(
  group: readonly PlacementRequest[],
  offer: PlacementOffer,
  { refusals, rooms }: { readonly refusals: readonly string[]; readonly rooms: Rooms },
): Candidate {
  const { vmm } = offer;
  const impossible = (because: string) => ({
    vmm,
    isPossible: false,
    because,
    rank: 0,
    perHour: 0,
    added: [],
  });
  const against = reasonAgainst(group, offer);
  if (against !== undefined) return impossible(against);
  const added = newVms(group, offer);
  const isPlaced = group.some(({ placed }) => (placed.get(vmm) ?? 0) > 0);
  const lack = rooms.lackFor(vmm, added);
  if (lack !== undefined) return impossible(lack);
  if (added.length > 0 && !isPlaced && refusals.includes(vmm))
    return impossible('it had no room when it was tried');
  const score = group.reduce((sum, { count, images }) => sum + count * scoreOf(images.get(vmm)), 0);
  const perHour = added.reduce((sum, each) => sum + each.perHour, 0);
  return {
    vmm,
    isPossible: true,
    because: `${whyTaken(group, isPlaced, score)}${priceWords(perHour)}`,
    rank: score + (isPlaced ? whereItIs : 0),
    perHour,
    added,
  };
}

/** What the document, its images or the VMs that are there say against a VM manager. */
function reasonAgainst(
  group: readonly PlacementRequest[],
  { vmm, name, outage }: PlacementOffer,
): string | undefined {
  const named = group.filter(({ cloudId }) => cloudId !== undefined);
  const other = named.find(({ cloudId }) => cloudId !== name && cloudId !== vmm);
  if (other) return `the document deploys ${other.systemId} on ${other.cloudId}`;
  const home = homeOf(group);
  if (named.length === 0 && home.length > 0 && !home.includes(vmm))
    return `VMs of it are at ${home.join(', ')}, and do not move by themselves`;
  if (outage) return outage.because;
  const wanting = group.flatMap((request) => {
    const why = whyNotAt(request, vmm);
    return why === undefined ? [] : [`${request.systemId}: ${why}`];
  });
  return wanting.length > 0 ? wanting.join('; ') : undefined;
}

function whyNotAt({ images, fits }: PlacementRequest, vmm: string): string | undefined {
  const image = images.get(vmm);
  if (!image || 'because' in image) return image?.because ?? 'no image';
  const fit = fits?.get(vmm);
  return fit && 'because' in fit ? fit.because : undefined;
}

/** Where VMs of the group are. */
function homeOf(group: readonly PlacementRequest[]): readonly string[] {
  const places = group.flatMap(({ present }) =>
    [...present].flatMap(([vmm, count]) => (count > 0 ? [vmm] : [])),
  );
  return [...new Set(places)];
}

function whyTaken(group: readonly PlacementRequest[], isPlaced: boolean, score: number): string {
  if (group.some(({ cloudId }) => cloudId !== undefined)) return 'the document says so';
  return isPlaced ? 'VMs of it are there' : `its images score ${score}`;
}

function priceWords(perHour: number): string {
  return perHour === 0 ? '' : `; ${Number(perHour.toFixed(6))} an hour`;
}

function scoreOf(image: { readonly score: number } | { readonly because: string } | undefined): number {
  return image && 'score' in image ? image.score : 0;
}

function newVms(group: readonly PlacementRequest[], { vmm, perHour: priceOf }: PlacementOffer): NewVm[] {
  return group.flatMap(({ count, present, size: asked, fits }) => {
    const fit = fits?.get(vmm);
    const { size, perHour } = fit && 'size' in fit ? fit : { size: asked, perHour: undefined };
    const vm = { ...size, perHour: perHour ?? priceOf?.(size) ?? 0 };
    return Array.from({ length: Math.max(0, count - (present.get(vmm) ?? 0)) }, () => vm);
  });
}

/** What is left of each quota while the groups are placed one after the other. */
class Rooms {
  readonly #quotas: ReadonlyMap<string, VmmQuota>;
  readonly #taken = new Map<string, VmSize[]>();

  constructor(offers: readonly PlacementOffer[]) {
    this.#quotas = new Map(offers.map(({ vmm, quota }) => [vmm, quota]));
  }

  take(vmm: string, sizes: readonly VmSize[]): void {
    this.#taken.set(vmm, [...(this.#taken.get(vmm) ?? []), ...sizes]);
  }

  /** What there is not enough of; `undefined` when all fits. */
  lackFor(vmm: string, sizes: readonly VmSize[]): string | undefined {
    if (sizes.length === 0) return undefined;
    const quota = this.#quotas.get(vmm) ?? {};
    const all = [...(this.#taken.get(vmm) ?? []), ...sizes];
    for (const [what, words] of quotaWords) {
      const limits = quota[what];
      const asked = all.reduce((sum, size) => sum + (what === 'vms' ? 1 : size[what]), 0);
      if (limits === undefined || limits.limit < 0 || limits.used + asked <= limits.limit) continue;
      return `${asked} ${words} asked for, ${Math.max(0, limits.limit - limits.used)} of its quota of ${limits.limit} left`;
    }
    return undefined;
  }
}

const quotaWords = [
  ['vms', 'VMs'],
  ['cpuCount', 'CPUs'],
  ['memoryMiB', 'MiB of memory'],
] as const;

/** Systems that a private network joins, directly or over others, are one group. */
function groupsOf(requests: readonly PlacementRequest[]): readonly (readonly PlacementRequest[])[] {
  const groups: { readonly requests: PlacementRequest[]; readonly networks: Set<string> }[] = [];
  for (const request of requests) {
    const joined = groups.filter(({ networks }) =>
      request.privateNetworks.some((each) => networks.has(each)),
    );
    const [first = { requests: [], networks: new Set<string>() }, ...others] = joined;
    if (joined.length === 0) groups.push(first);
    first.requests.push(request);
    for (const network of request.privateNetworks) first.networks.add(network);
    for (const other of others) {
      first.requests.push(...other.requests);
      for (const network of other.networks) first.networks.add(network);
      groups.splice(groups.indexOf(other), 1);
    }
  }
  return groups.map((group) => group.requests);
}

import type { Interval } from '@trencadis/radl';
import type { InstanceType } from '@trencadis/vmm';
import type { HourlyPrice } from './model.ts';

/** What a document asks of a size in which VMs come. */
export interface TypeNeeds {
  readonly cpuCount: Interval;
  readonly memoryMiB: Interval;
  readonly gpuCount?: Interval;
  /** Its name; `*` stands for any text. */
  readonly name?: string;
  readonly zone?: string;
  /** Of an hour, in the VM manager's currency. Of spare capacity, its upper end is the most that is paid. */
  readonly price?: Interval;
  readonly isSpot: boolean;
  /** Of the image, as the catalog names it. */
  readonly architecture?: string;
}

export type TypeDecision =
  | {
      readonly kind: 'chosen';
      readonly type: InstanceType;
      readonly price?: HourlyPrice;
      readonly because: string;
    }
  | { readonly kind: 'none'; readonly because: string };

/** What one costs where it has no price of its own. */
export type OtherPrice = (type: InstanceType) => HourlyPrice | undefined;

const noPrice: OtherPrice = () => undefined;

/**
 * The instance type for a VM: of those that fit, the cheapest as far as prices are known, then the smallest in memory
 * and processors, then the first by name. Where none fits, what the nearest one lacks. Pure.
 */
export function decideInstanceType(
  needs: TypeNeeds,
  types: readonly InstanceType[],
  otherPrice: OtherPrice = noPrice,
): TypeDecision {
  const priced = types.map((type) => ({ type, price: priceOf(type, needs, otherPrice) }));
  const criteria = criteriaOf(needs, priced);
  const fitting = priced.filter((each) => criteria.every(({ holds }) => holds(each)));
  const [best] = fitting.toSorted(byPreference);
  if (best === undefined) return { kind: 'none', because: nearestMiss(criteria, priced) };
  const { type, price } = best;
  return { kind: 'chosen', type, ...(price ? { price } : {}), because: whyChosen(best, fitting) };
}

/** Whether a VM that is there may keep its type: what it costs, and where else it is to be had, is no matter now. */
export function fitsAsItIs(needs: TypeNeeds, type: InstanceType): boolean {
  const { price: _, zone: __, architecture: ___, gpuCount: ____, ...lasting } = needs;
  return criteriaOf(lasting, []).every(({ holds }) => holds({ type, price: undefined }));
}

interface Priced {
  readonly type: InstanceType;
  readonly price: HourlyPrice | undefined;
}

function priceOf(type: InstanceType, { isSpot }: TypeNeeds, otherPrice: OtherPrice): Priced['price'] {
  const { currency, perHour, spotPerHour } = type.price ?? {};
  const own = isSpot ? (spotPerHour ?? perHour) : perHour;
  return currency !== undefined && own !== undefined ? { currency, perHour: own } : otherPrice(type);
}

function byPreference(one: Priced, other: Priced): number {
  const cost = ({ price }: Priced) => price?.perHour ?? Infinity;
  const [a, b] = [cost(one), cost(other)];
  if (a !== b) return a < b ? -1 : 1;
  return (
    one.type.memoryMiB - other.type.memoryMiB ||
    one.type.cpuCount - other.type.cpuCount ||
    (one.type.name < other.type.name ? -1 : 1)
  );
}

function whyChosen({ price }: Priced, fitting: readonly Priced[]): string {
  if (fitting.length === 1) return 'the only one that fits';
  return `${price === undefined ? 'smallest' : 'cheapest'} of ${fitting.length} that fit`;
}

interface Criterion {
  readonly holds: (each: Priced) => boolean;
  /** What is wrong with those that meet all the others; never none. */
  readonly miss: (others: readonly Priced[]) => string;
}

/** What is given up most easily comes first. */
function criteriaOf(needs: TypeNeeds, all: readonly Priced[]): readonly Criterion[] {
  const { name, architecture, zone, gpuCount, cpuCount, memoryMiB } = needs;
  return [
    within(cpuCount, 'CPUs', (type) => type.cpuCount),
    within(widened(memoryMiB), 'MiB', (type) => type.memoryMiB),
    ...priceCriteria(needs, all),
    ...(gpuCount === undefined ? [] : [within(gpuCount, 'GPUs', ({ gpuCount: count = 0 }) => count)]),
    ...(zone === undefined ? [] : [inZone(zone)]),
    ...(architecture === undefined ? [] : [builtFor(architecture)]),
    ...(name === undefined ? [] : [named(name)]),
  ];
}

/** `=` on a size of memory means one such: what K, M and G are differs between vendors by up to 2^30 / 10^9. */
function widened(memory: Interval): Interval {
  const { low, high } = memory;
  if (low === undefined || high?.value !== low.value) return memory;
  return { low, high: { value: low.value * (2 ** 30 / 1e9), isStrict: false } };
}

export function contains({ low, high }: Interval, value: number): boolean {
  const isHighEnough = low === undefined || (low.isStrict ? value > low.value : value >= low.value);
  const isLowEnough = high === undefined || (high.isStrict ? value < high.value : value <= high.value);
  return isHighEnough && isLowEnough;
}

function within(interval: Interval, unit: string, of: (type: InstanceType) => number): Criterion {
  return {
    holds: ({ type }) => contains(interval, of(type)),
    miss: (others) => {
      const values = others.map(({ type }) => of(type));
      const [least, most] = [Math.min(...values), Math.max(...values)];
      const { low } = interval;
      if (low !== undefined && !contains({ low }, most)) return `the largest has ${most} ${unit}`;
      return contains({ ...interval, low: { value: 0, isStrict: false } }, least)
        ? `none has so many ${unit} and not more`
        : `the smallest has ${least} ${unit}`;
    },
  };
}

const mostNamed = 5;

function named(pattern: string): Criterion {
  return {
    holds: ({ type }) => matchesName(pattern, type.name),
    miss: (others) => {
      const names = others.map(({ type }) => type.name);
      const more = names.length > mostNamed ? ' and others' : '';
      return `none is called '${pattern}'; there are ${names.slice(0, mostNamed).join(', ')}${more}`;
    },
  };
}

/** `*` stands for any text. Takes time linear in both for each `*`, whatever is written. */
export function matchesName(pattern: string, name: string): boolean {
  const [start = '', ...rest] = pattern.split('*');
  const end = rest.pop();
  if (end === undefined) return name === pattern;
  if (!name.startsWith(start)) return false;
  let at = start.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return name.length - end.length >= at && name.endsWith(end);
}

/** Vendors have two names for each. */
const architectures: Readonly<Record<string, string>> = { amd64: 'x86_64', aarch64: 'arm64', i686: 'i386' };

function builtFor(asked: string): Criterion {
  const plain = (name: string) => architectures[name.toLowerCase()] ?? name.toLowerCase();
  const wanted = plain(asked);
  const runs = (has: string) => has === wanted || (has === 'x86_64' && wanted === 'i386');
  return {
    holds: ({ type }) => type.architecture === undefined || runs(plain(type.architecture)),
    miss: () => `none has a processor for ${asked}, as the image is`,
  };
}

function inZone(zone: string): Criterion {
  return {
    holds: ({ type }) => type.zones?.includes(zone) ?? true,
    miss: (others) => {
      const zones = [...new Set(others.flatMap(({ type }) => type.zones ?? []))];
      return `none is to be had in zone ${zone}, but in ${zones.join(', ')}`;
    },
  };
}

/** Where nothing has a price, nothing is too dear. What spare capacity costs now may not be known. */
function priceCriteria({ price: asked, isSpot }: TypeNeeds, all: readonly Priced[]): readonly Criterion[] {
  const isAsked = asked?.low !== undefined || asked?.high !== undefined;
  if (!isAsked || all.every(({ price }) => price === undefined)) return [];
  const paid = ({ type, price }: Priced) => (isSpot ? type.price?.spotPerHour : price?.perHour);
  const bound = isSpot ? (asked.high ? { high: asked.high } : {}) : asked;
  return [
    {
      holds: (each) => {
        const cost = paid(each);
        return cost === undefined ? isSpot : contains(bound, cost);
      },
      miss: (others) => missedPrice(others, paid),
    },
  ];
}

function missedPrice(others: readonly Priced[], paid: (each: Priced) => number | undefined): string {
  const costs = others.flatMap((each) => paid(each) ?? []);
  if (costs.length === 0) return 'their price is not known';
  const currency = others.find(({ price }) => price !== undefined)?.price?.currency ?? '';
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  const range = least === most ? `${least}` : `${least} to ${most}`;
  return `those that fit otherwise cost ${range} ${currency} an hour`;
}

/** The one criterion without which one would fit; else the first that nothing is left for. */
function nearestMiss(criteria: readonly Criterion[], all: readonly Priced[]): string {
  if (all.length === 0) return 'it has none';
  for (const criterion of criteria) {
    const others = all.filter((each) => criteria.every((other) => other === criterion || other.holds(each)));
    if (others.length > 0) return criterion.miss(others);
  }
  let left = all;
  for (const { holds, miss } of criteria.toReversed()) {
    const next = left.filter(holds);
    if (next.length === 0) return miss(left);
    left = next;
  }
  return 'none fits';
}

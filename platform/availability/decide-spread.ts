import { cloudsOf } from './group-bounds.ts';
import { type GroupFacts, countsByCloud, isExhausted, isFull, takesOrders } from './group-facts.ts';
import { type JudgedReplica, isServing } from './judged-replica.ts';
import { decideVictims } from './decide-victims.ts';

export interface Placement {
  /** The VM manager of each launch. */
  readonly at: readonly string[];
  /** Why there are fewer than asked for. */
  readonly because?: string;
}

interface Candidate {
  readonly cloud: string;
  readonly order: number;
  readonly count: number;
  readonly isTroubled: boolean;
  readonly notBefore: number;
}

/**
 * Where so many replicas are launched (RS-13, RS-14). `fallback`: the first VM manager that has room. `spread`: the one
 * with fewest. One that is full, or failed too often, comes after all others. One that failed is waited for as long as it
 * has tries left; one that does not answer, or has as many as it may, is passed over.
 *
 * @param counts replicas there, by cloud; counted on
 */
export function placeLaunches(facts: GroupFacts, launches: number, counts: Map<string, number>): Placement {
  const at: string[] = [];
  while (at.length < launches) {
    const best = candidatesFor(facts, counts, launchedAt(at))[0];
    if (best === undefined) return { at, because: 'no VM manager takes another replica now' };
    if (best.notBefore > facts.now) return { at, because: waitingText(facts, best) };
    at.push(best.cloud);
    counts.set(best.cloud, best.count + 1);
  }
  return { at };
}

function launchedAt(at: readonly string[]): ReadonlyMap<string, number> {
  const launched = new Map<string, number>();
  for (const cloud of at) launched.set(cloud, (launched.get(cloud) ?? 0) + 1);
  return launched;
}

function candidatesFor(
  facts: GroupFacts,
  counts: ReadonlyMap<string, number>,
  launched: ReadonlyMap<string, number>,
): readonly Candidate[] {
  const { mostPerCloud = Number.POSITIVE_INFINITY, place } = facts.spec.replicas;
  return cloudsOf(facts.spec)
    .map((cloud, order) => ({
      cloud,
      order,
      count: counts.get(cloud) ?? 0,
      isTroubled: isFull(facts, cloud) || isExhausted(facts, cloud),
      notBefore: facts.state.launches[cloud]?.notBefore ?? 0,
    }))
    .filter(({ cloud, count }) => (cloud === '' || count < mostPerCloud) && takesOrders(facts, cloud))
    .filter(
      ({ cloud }) => bootingAt(facts, cloud) + (launched.get(cloud) ?? 0) < facts.spec.replicas.mostBooting,
    )
    .toSorted((one, other) => byChoice(place, one, other));
}

function byChoice(place: 'fallback' | 'spread', one: Candidate, other: Candidate): number {
  const byTrouble = Number(one.isTroubled) - Number(other.isTroubled);
  if (byTrouble !== 0) return byTrouble;
  const byWait = one.isTroubled ? one.notBefore - other.notBefore : 0;
  const bySize = place === 'spread' ? one.count - other.count : 0;
  return byWait || bySize || one.order - other.order;
}

function bootingAt({ census }: GroupFacts, cloud: string): number {
  return census.all.filter(({ standing, view }) => standing === 'pending' && view.cloud === cloud).length;
}

function waitingText({ now, state }: GroupFacts, { cloud, notBefore }: Candidate): string {
  const seconds = Math.ceil((notBefore - now) / 1000);
  const at = cloud === '' ? '' : ` at '${cloud}'`;
  return `the next try${at} is in ${seconds} s, as the last one failed: ${state.launches[cloud]?.because ?? ''}`;
}

export interface Move {
  readonly victim: JudgedReplica;
  readonly to: string;
}

/** RS-13: one replica to a VM manager that has at least two fewer, of a `spread` group that is whole. */
export function decideMove(facts: GroupFacts): Move | undefined {
  const { spec, census } = facts;
  if (spec.replicas.place !== 'spread' || cloudsOf(spec).length < 2) return undefined;
  const counted = census.all.filter(isServing);
  const counts = countsByCloud(counted, new Set());
  const to = candidatesFor(facts, counts, new Map())[0];
  if (to === undefined || to.isTroubled || to.notBefore > facts.now) return undefined;
  const [victim] = decideVictims(facts, counted, 1);
  if (victim === undefined || (counts.get(victim.view.cloud) ?? 0) - to.count < 2) return undefined;
  return victim.view.holdsDisk ? undefined : { victim, to: to.cloud };
}

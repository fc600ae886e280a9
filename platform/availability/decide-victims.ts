import { cloudsOf } from './group-bounds.ts';
import { type GroupFacts, countsByCloud } from './group-facts.ts';
import { type JudgedReplica, byName } from './judged-replica.ts';

/**
 * Who leaves when there are too many, RS-09: never a protected one; of the VM manager with most replicas, or of the last
 * one that a fallback used (RS-14); the unhealthy first, then what is not in service and warm yet, then the outdated,
 * then the oldest or newest, then by name. Fewer than asked for where the others are protected or out of reach.
 */
export function decideVictims(
  facts: GroupFacts,
  candidates: readonly JudgedReplica[],
  count: number,
): readonly JudgedReplica[] {
  const victims = new Set<JudgedReplica>();
  const left = candidates
    .filter(({ record, answers }) => record.isProtected !== true && answers)
    .toSorted((one, other) => byUse(facts, one, other));
  while (victims.size < count) {
    const counts = countsByCloud(candidates, victims);
    const cloud = cloudToLeave(facts, left, counts);
    const victim = left.findIndex(({ view }) => view.cloud === cloud);
    if (victim === -1) break;
    for (const replica of left.splice(victim, 1)) victims.add(replica);
  }
  return [...victims];
}

function cloudToLeave(
  { spec }: GroupFacts,
  left: readonly JudgedReplica[],
  counts: ReadonlyMap<string, number>,
): string | undefined {
  const clouds = [...new Set(left.map(({ view }) => view.cloud))];
  const order = cloudsOf(spec);
  const rank = (cloud: string) => (order.includes(cloud) ? order.indexOf(cloud) : order.length);
  const size = (cloud: string) => (spec.replicas.place === 'spread' ? (counts.get(cloud) ?? 0) : 0);
  return clouds.toSorted(
    (one, other) => size(other) - size(one) || rank(other) - rank(one) || (one < other ? -1 : 1),
  )[0];
}

const useOf: Readonly<Record<JudgedReplica['standing'], number>> = {
  dead: 0,
  leaving: 0,
  unhealthy: 0,
  pending: 1,
  warming: 1,
  'in-service': 2,
  standby: 2,
};

function byUse({ spec }: GroupFacts, one: JudgedReplica, other: JudgedReplica): number {
  const byAge = one.record.since - other.record.since;
  return (
    useOf[one.standing] - useOf[other.standing] ||
    Number(other.view.isOutdated) - Number(one.view.isOutdated) ||
    (spec.replicas.victim === 'oldest' ? byAge : -byAge) ||
    byName(one, other)
  );
}

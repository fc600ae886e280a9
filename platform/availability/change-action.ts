import type { VmName } from '@trencadis/ids';
import { surgeOf } from './group-bounds.ts';
import { type GroupFacts, countsByCloud } from './group-facts.ts';
import type { JudgedReplica } from './judged-replica.ts';
import type { GroupAction } from './model.ts';

export interface ChangeParts {
  /** The cloud of each launch. */
  readonly launchesAt: readonly string[];
  readonly retire: readonly JudgedReplica[];
  readonly recreate: readonly JudgedReplica[];
}

interface ChangeWish extends ChangeParts {
  readonly finish?: readonly JudgedReplica[];
  readonly leave?: readonly JudgedReplica[];
  readonly order: 'launch-first' | 'terminate-first';
  readonly because: string;
}

/** Counts are of all VMs that are to be there in the end, standby ones too: asking twice is asking once. */
export function changeOf({ census }: GroupFacts, wish: ChangeWish): Extract<GroupAction, { kind: 'change' }> {
  const counts = countsByCloud(census.all, new Set(wish.retire));
  for (const { view } of census.all) if (!counts.has(view.cloud)) counts.set(view.cloud, 0);
  for (const cloud of wish.launchesAt) counts.set(cloud, (counts.get(cloud) ?? 0) + 1);
  return {
    kind: 'change',
    counts: Object.fromEntries(counts),
    retire: namesOf(wish.retire),
    recreate: namesOf(wish.recreate),
    ...(wish.finish !== undefined && wish.finish.length > 0 && { finish: namesOf(wish.finish) }),
    ...(wish.leave !== undefined && { leave: namesOf(wish.leave) }),
    ...standbyOf(census),
    order: wish.order,
    because: wish.because,
  };
}

function namesOf(replicas: readonly JudgedReplica[]): readonly VmName[] {
  return replicas.map(({ view }) => view.name);
}

/** Said as long as somebody stands by, or the infrastructure believes so. */
function standbyOf({ all }: GroupFacts['census']): { readonly standby?: readonly VmName[] } {
  const standby = all.filter(({ standing }) => standing === 'standby');
  const isSaid = standby.length > 0 || all.some(({ view }) => view.isStandby === true);
  return isSaid ? { standby: namesOf(standby) } : {};
}

/** Whether so many more VMs that run may stand beside those that run now; standby ones are not counted. */
export function isWithinSurge({ spec, state, bounds, census }: GroupFacts, launches: number): boolean {
  const running = census.all.filter(
    ({ standing, record }) => record.offSince === undefined && standing !== 'standby',
  ).length;
  return running + launches <= bounds.max + surgeOf(spec, state.desired);
}

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
    retire: wish.retire.map(({ view }) => view.name),
    recreate: wish.recreate.map(({ view }) => view.name),
    order: wish.order,
    because: wish.because,
  };
}

/** Whether so many more VMs that run may stand beside those that run now; standby ones are not counted. */
export function isWithinSurge({ spec, state, bounds, census }: GroupFacts, launches: number): boolean {
  const running = census.all.filter(
    ({ standing, record }) => record.offSince === undefined && standing !== 'standby',
  ).length;
  return running + launches <= bounds.max + surgeOf(spec, state.desired);
}

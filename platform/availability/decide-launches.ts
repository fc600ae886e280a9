import { type GroupFacts, countsByCloud, isSuspended } from './group-facts.ts';
import { type Placement, placeLaunches } from './decide-spread.ts';
import type { Replacements } from './decide-replacements.ts';

/** More replicas than are there count: positive to launch, negative to take away (RS-02). */
export function needOf({ state, census }: GroupFacts, { retire, recreate, kept }: Replacements): number {
  const givenUp = retire.filter(({ standing }) => standing === 'pending').length;
  const remade = recreate.filter(({ standing }) => standing !== 'pending').length;
  return state.desired - (census.live - givenUp) - remade - kept.length;
}

/** What is launched now, and where: no more at a time than may boot together (RS-17). */
export function decideLaunches(facts: GroupFacts, replacements: Replacements, need: number): Placement {
  if (need <= 0) return { at: [] };
  if (isSuspended(facts, 'launch')) return { at: [], because: 'launches are suspended' };
  const room = Math.max(0, facts.spec.replicas.mostBooting - facts.census.pending);
  const here = facts.census.all.filter(({ standing }) => standing !== 'standby');
  const counts = countsByCloud(here, new Set(replacements.retire));
  const placement = placeLaunches(facts, Math.min(need, room), counts);
  if (placement.because !== undefined || need <= room) return placement;
  return { ...placement, because: `no more than ${facts.spec.replicas.mostBooting} may boot at once` };
}

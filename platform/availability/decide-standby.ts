import type { GroupFacts } from './group-facts.ts';
import type { JudgedReplica } from './judged-replica.ts';

/**
 * Those on standby (RS-10) that the next plan has to be told of: the infrastructure does not know it yet, or they still
 * get requests. Not while their VM manager is silent, as nobody can tell what goes on at them.
 */
export function decideStandby(facts: GroupFacts): readonly JudgedReplica[] {
  if ((facts.state.finishAt ?? 0) > facts.now) return [];
  return facts.census.all.filter(
    (one) =>
      one.standing === 'standby' && one.answers && (one.view.isStandby !== true || isServed(facts, one)),
  );
}

/** Where there is no balancer, who is configured is taken to serve; of one that does not answer, nothing is known. */
function isServed({ spec }: GroupFacts, { view }: JudgedReplica): boolean {
  if (spec.balancing === undefined) return view.isConfigured;
  return view.member !== undefined && view.member !== 'absent';
}

/** Comes back from standby, and is not in service yet. */
export function isReturning({ view, standing }: JudgedReplica): boolean {
  return view.isStandby === true && standing !== 'standby';
}

import type { GroupDecision, GroupSnapshot } from '@trencadis/availability';
import { isCounting } from './essence.ts';
import type { GroupKey } from './fleet.ts';
import type { StoredEvaluation } from './group-record.ts';

/** Between two evaluations that are kept although they changed nothing. */
const sparseMs = 60_000;

/**
 * Which evaluations of a group are kept: all that decided something, those in which a policy's condition held, the first
 * of each kind of verdict, and of the others one a minute.
 */
export class EvaluationSieve {
  #keptAt = 0;
  #verdict = '';

  /** `undefined`: it is not kept. */
  sift(
    { infrastructureId, serviceId }: GroupKey,
    snapshot: GroupSnapshot,
    decision: GroupDecision,
  ): StoredEvaluation | undefined {
    const { evaluation } = decision;
    const isDecision = decidesSomething(decision);
    const verdict = evaluation.verdict.replaceAll(/\d+/g, '');
    const isKept =
      isDecision ||
      verdict !== this.#verdict ||
      isCounting(decision.state) ||
      evaluation.at - this.#keptAt >= sparseMs;
    this.#verdict = verdict;
    if (!isKept) return undefined;
    this.#keptAt = evaluation.at;
    return { infrastructureId, serviceId, isDecision, evaluation, snapshot };
  }
}

function decidesSomething({ action, rollsBack, evaluation, events }: GroupDecision): boolean {
  if (action !== undefined || rollsBack === true) return true;
  if (evaluation.desiredAfter !== evaluation.desiredBefore) return true;
  return events.some(({ kind }) => kind !== 'phase');
}

import { type ChangeParts, changeOf, isWithinSurge } from './change-action.ts';
import { decideLaunches, needOf } from './decide-launches.ts';
import { type Replacements, decideReplacements } from './decide-replacements.ts';
import { decideStandby, isReturning } from './decide-standby.ts';
import { decideVictims } from './decide-victims.ts';
import { type GroupFacts, isFull, isSuspended } from './group-facts.ts';
import { type JudgedReplica, isLive, nameOf } from './judged-replica.ts';
import type { Finding, GroupAction, GroupEvent } from './model.ts';

export interface WantedAction {
  readonly action?: GroupAction;
  readonly launchesAt?: readonly string[];
  readonly isRoll?: boolean;
  /** Of an action that only finishes: the next one not before. */
  readonly finishAt?: number;
  readonly findings: readonly Finding[];
  readonly events: readonly GroupEvent[];
}

export const nothingWanted: WantedAction = { findings: [], events: [] };

/** All that brings the group to its size and its replicas to health, as one action; what an operator took out, before. */
export function decideChange(facts: GroupFacts): WantedAction {
  const taken = decideStandby(facts);
  return taken.length > 0 ? takeOut(facts, taken) : decideSize(facts);
}

/** Alone, as it takes seconds: a launch that takes minutes, or fails, has nothing to do with it. */
function takeOut(facts: GroupFacts, leave: readonly JudgedReplica[]): WantedAction {
  const { now } = facts;
  const because = `take ${leave.map(nameOf).join(', ')} out of service for standby`;
  const action = changeOf(facts, { ...nothing, leave, order: 'launch-first', because });
  const events = [{ at: now, kind: 'replace' as const, text: `Begun: ${because}.` }];
  return { action, finishAt: now + finishMs, findings: [], events };
}

const nothing: ChangeParts = { launchesAt: [], retire: [], recreate: [] };

function decideSize(facts: GroupFacts): WantedAction {
  const chosen = decideReplacements(facts);
  const need = needOf(facts, chosen);
  const placement = decideLaunches(facts, chosen, need);
  const replacements = withSuccessors(chosen, need - placement.at.length);
  const findings = findingsOf(facts, replacements, need, placement.because);
  const finish = need < 0 ? unfinishedOf(facts).filter(isReturning) : [];
  const parts: SizeParts = {
    launchesAt: placement.at,
    retire: [...replacements.retire, ...victimsOf(facts, replacements, { need, finish })],
    recreate: replacements.recreate,
    finish,
  };
  if (isNothing(parts)) return { ...decideFinish(facts), findings };
  const { setback } = facts.state;
  if (placement.at.length === 0 && setback !== undefined && setback.notBefore > facts.now)
    return { findings: [...findings, waitingFor(facts, setback)], events: [] };
  const isReplacing = replacements.retire.length + replacements.recreate.length > 0;
  return wanted(facts, parts, { findings, kind: isReplacing ? 'replace' : 'scale' });
}

/** An unhealthy replica may still serve some: it stays as long as its successor cannot be launched. */
function withSuccessors({ retire, recreate, kept }: Replacements, missing: number): Replacements {
  if (missing <= 0) return { retire, recreate, kept };
  const unhealthy = retire.filter(({ standing }) => standing === 'unhealthy');
  const waiting = unhealthy.slice(Math.max(0, unhealthy.length - missing));
  return { retire: retire.filter((one) => !waiting.includes(one)), recreate, kept: [...kept, ...waiting] };
}

interface Reasons {
  readonly findings: readonly Finding[];
  readonly kind: 'replace' | 'scale';
}

type SizeParts = ChangeParts & { readonly finish: readonly JudgedReplica[] };

function wanted(facts: GroupFacts, parts: SizeParts, { findings, kind }: Reasons): WantedAction {
  const because = becauseOf(parts);
  const action = changeOf(facts, { ...parts, order: orderOf(facts, parts), because });
  const launchesAt = [...new Set([...parts.launchesAt, ...parts.finish.map(({ view }) => view.cloud)])];
  const events = [{ at: facts.now, kind, text: `Begun: ${because}.` }];
  return { action, launchesAt, findings, events };
}

function isNothing({ launchesAt, retire, recreate }: ChangeParts): boolean {
  return launchesAt.length === 0 && retire.length === 0 && recreate.length === 0;
}

interface Surplus {
  readonly need: number;
  readonly finish: readonly JudgedReplica[];
}

/**
 * What is kept although not well counts as capacity: it may leave as well as others. Who comes back from standby does
 * not, and nobody leaves in its stead before it can come.
 */
function victimsOf(facts: GroupFacts, { retire, recreate, kept }: Replacements, { need, finish }: Surplus) {
  if (need >= 0 || isSuspended(facts, 'terminate')) return [];
  const gone = new Set([...retire, ...recreate]);
  const returning = facts.census.all.filter((one) => isLive(one) && isReturning(one));
  const candidates = facts.census.all.filter(
    (one) => (isLive(one) && !gone.has(one) && !returning.includes(one)) || kept.includes(one),
  );
  return decideVictims(facts, candidates, Math.max(0, -need - (returning.length - finish.length)));
}

/** RS-04: first the new ones, where `max` and the surge, and the VM manager's room, let them stand beside the old. */
function orderOf(facts: GroupFacts, { launchesAt, retire }: ChangeParts): 'launch-first' | 'terminate-first' {
  if (facts.spec.replicas.replace === 'terminate-first') return 'terminate-first';
  if (retire.length > 0 && launchesAt.some((cloud) => isFull(facts, cloud))) return 'terminate-first';
  return isWithinSurge(facts, launchesAt.length) ? 'launch-first' : 'terminate-first';
}

/** What a plan does not bring about is not asked for sooner than that again. */
const finishMs = 60_000;

/** What an earlier plan left unfinished, and what somebody took away by hand. */
function decideFinish(facts: GroupFacts): WantedAction {
  const { now } = facts;
  const finish = unfinishedOf(facts);
  if (finish.length === 0) return nothingWanted;
  const because = `finish ${finish.map(nameOf).join(', ')}`;
  const pending = finish.filter(({ standing }) => standing === 'pending');
  const launchesAt = [...new Set(pending.map(({ view }) => view.cloud))];
  const events = [{ at: now, kind: 'replace' as const, text: `Begun: ${because}.` }];
  const action = changeOf(facts, { ...nothing, finish, order: 'launch-first', because });
  return { action, launchesAt, finishAt: now + finishMs, findings: [], events };
}

/** Those that may be finished now. Who comes back from standby is no launch that is suspended. */
function unfinishedOf(facts: GroupFacts): readonly JudgedReplica[] {
  if ((facts.state.finishAt ?? 0) > facts.now) return [];
  const isHeld = isSuspended(facts, 'launch');
  return facts.census.all.filter(
    (one) => one.isUnfinished && isLive(one) && mayFinish(facts, one) && (!isHeld || isReturning(one)),
  );
}

function mayFinish({ now, state }: GroupFacts, { view }: JudgedReplica): boolean {
  return Math.max(state.launches[view.cloud]?.notBefore ?? 0, state.setback?.notBefore ?? 0) <= now;
}

function becauseOf({ launchesAt, retire, recreate, finish }: SizeParts): string {
  const launched = launchesAt.length === 0 ? [] : [`launch ${launchesAt.length}${atText(launchesAt)}`];
  const remade = recreate.map((one) => `make ${nameOf(one)} anew${reasonText(one)}`);
  const retired = retire.map((one) => `retire ${nameOf(one)}${reasonText(one)}`);
  const finished = finish.map((one) => `let ${nameOf(one)} in again`);
  return [...launched, ...remade, ...finished, ...retired].join(', ');
}

function atText(clouds: readonly string[]): string {
  const named = [...new Set(clouds)].filter((cloud) => cloud !== '');
  return named.length === 0 ? '' : ` at ${named.join(' and ')}`;
}

function reasonText({ record, standing }: JudgedReplica): string {
  if (standing === 'leaving') return ' (left draining)';
  return record.unhealthy === undefined ? '' : ` (${record.unhealthy.because})`;
}

function waitingFor(
  { now }: GroupFacts,
  setback: { readonly notBefore: number; readonly because: string },
): Finding {
  const seconds = Math.ceil((setback.notBefore - now) / 1000);
  const text = `the next try is in ${seconds} s, as the last plan failed: ${setback.because}`;
  return { rule: 'RS-06', text, values: { notBefore: setback.notBefore } };
}

function findingsOf(
  { state, census }: GroupFacts,
  { kept }: Replacements,
  need: number,
  because: string | undefined,
): readonly Finding[] {
  const findings: Finding[] = [];
  if (need !== 0) {
    const text = `${state.desired} desired, ${census.live} live, ${kept.length} kept although not well: need ${need}`;
    findings.push({ rule: 'RS-02', text, values: { desired: state.desired, live: census.live, need } });
  }
  if (because !== undefined) findings.push({ rule: 'RS-06', text: because, values: { need } });
  if (kept.length > 0) {
    const why =
      state.frozen === undefined
        ? 'one after the other, when a successor can be launched, and not while suspended'
        : state.frozen.because;
    const text = `${kept.map(nameOf).join(', ')} not replaced now: ${why}`;
    findings.push({
      rule: 'RS-05',
      text,
      values: { kept: kept.length, isFrozen: state.frozen !== undefined },
    });
  }
  return findings;
}

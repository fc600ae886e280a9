import type {
  Finding,
  PolicyState,
  ScalingDecision,
  ScalingInput,
  ScalingPolicy,
  ScalingState,
} from './model.ts';
import { combineWishes } from './scaling/combine-wishes.ts';
import { clamp, followSchedules } from './scaling/follow-schedules.ts';
import { judgeAlarmed } from './scaling/judge-alarmed.ts';
import { judgeSustained } from './scaling/judge-sustained.ts';
import { judgeTarget } from './scaling/judge-target.ts';
import { limitRate, recordChange } from './scaling/limit-rate.ts';
import { remember, stabilize } from './scaling/stabilize.ts';
import type { Verdict } from './scaling/verdict.ts';
import { replicas, seconds } from './scaling/wording.ts';

/**
 * AS-01 to AS-13: how many replicas a service shall have, by its schedules and policies. In this order: bounds (RS-01),
 * schedules, each policy, their combination, stabilisation, warm-up, rate limits. Findings tell of every policy what it
 * saw, and of everything else what it changed. Nothing moves without data.
 */
export function decideScaling(input: ScalingInput): ScalingDecision {
  const findings: Finding[] = [];
  const { spec, bounds } = input;
  const scheduled = followSchedules(input, findings);
  const base = clamp(scheduled.desired, scheduled.bounds);
  const situation = { ...input, desired: base, bounds: scheduled.bounds, state: settle(input, base) };
  const verdicts = spec.scaling.policies.map((policy) => judge(situation, policy));
  for (const { finding } of verdicts) findings.push(finding);
  const recommendations = recommend(situation, verdicts);
  const desired = decideSize(situation, { verdicts, recommendations, findings });
  const applied = { before: base, desired };
  const settling = settlingAfter(situation.state.settling, input, applied);
  const schedulesAt = scheduled.schedulesAt ?? input.state.schedulesAt;
  const because = reasonOf(input, applied, verdicts, scheduled.because);
  const hasNewBounds = scheduled.bounds.min !== bounds.min || scheduled.bounds.max !== bounds.max;
  return {
    desired,
    ...(hasNewBounds && { bounds: scheduled.bounds }),
    state: {
      policies: policyStates(input.now, verdicts, applied),
      recommendations,
      changes: recordChange(input.state.changes, input.now, desired - base, spec.scaling),
      ...(schedulesAt !== undefined && { schedulesAt }),
      ...(settling !== undefined && { settling }),
    },
    findings,
    ...(because !== undefined && { because }),
  };
}

const fresh: PolicyState = {};

function judge(input: ScalingInput, policy: ScalingPolicy): Verdict {
  const former = input.state.policies[policy.id] ?? fresh;
  if (policy.kind === 'target') return judgeTarget(input, policy);
  return 'forMs' in policy ? judgeSustained(input, policy, former) : judgeAlarmed(input, policy, former);
}

/** What the last change brought is in service and warm: it has settled. What a schedule has set counts as a change. */
function settle({ state, desired: former, now, counted }: ScalingInput, desired: number): ScalingState {
  const isSettled = counted.length >= Math.min(state.settling?.desired ?? 0, former, desired);
  const settling = isSettled ? undefined : state.settling;
  if (desired > former)
    return { ...state, settling: { since: now, desired, from: settling?.from ?? former } };
  if (settling === state.settling) return state;
  const { settling: _settled, ...rest } = state;
  return rest;
}

interface Applied {
  readonly before: number;
  readonly desired: number;
}

function settlingAfter(
  settling: ScalingState['settling'],
  { now }: ScalingInput,
  { before, desired }: Applied,
): ScalingState['settling'] {
  if (desired <= before) return settling;
  return { since: now, desired, from: settling?.from ?? before };
}

/** AS-10's memory; without policies there is nothing to remember. */
function recommend(input: ScalingInput, verdicts: readonly Verdict[]): ScalingState['recommendations'] {
  const { state, now, desired, bounds, spec } = input;
  if (verdicts.length === 0) return state.recommendations.length === 0 ? state.recommendations : [];
  const leaning = clamp(combineWishes(verdicts, desired, 'leaning'), bounds);
  // What a schedule sets now is not taken back before the window is over.
  const isRaised = state.settling?.since === now && state.settling.desired === desired;
  return remember(state.recommendations, now, isRaised ? Math.max(desired, leaning) : leaning, spec.scaling);
}

interface Judged {
  readonly verdicts: readonly Verdict[];
  readonly recommendations: ScalingState['recommendations'];
  readonly findings: Finding[];
}

function decideSize(input: ScalingInput, { verdicts, recommendations, findings }: Judged): number {
  const { now, desired, bounds, suspended } = input;
  const { scaling } = input.spec;
  const wished = combineWishes(verdicts, desired, 'wish');
  if (wished === desired) {
    tellDisagreement(verdicts, desired, findings);
    return desired;
  }
  const wanted = clamp(wished, bounds);
  if (wanted !== wished) findings.push(boundFinding(wished, wanted, bounds));
  if (suspended.includes('scale')) {
    const text = `scaling is suspended: stays at ${desired}, would be ${wanted}`;
    findings.push({ rule: 'RS-10', text, values: { desired, wanted } });
    return desired;
  }
  const stable = stabilize(recommendations, { now, desired, wanted }, scaling);
  if (stable !== wanted) findings.push(stabilityFinding(input, wanted, stable));
  if (stable < desired && input.warming > 0) {
    const text = `${replicas(input.warming)} still warming up: none is taken`;
    findings.push({ rule: 'AS-12', text, values: { warming: input.warming, wanted: stable } });
    return desired;
  }
  const limited = limitRate(input.state.changes, { now, desired, wanted: stable }, scaling);
  if (limited !== stable) {
    const text = `rate limits let ${desired} become ${limited}, not ${stable}`;
    findings.push({ rule: 'AS-11', text, values: { desired, wanted: stable, limited } });
  }
  return clamp(limited, bounds);
}

function tellDisagreement(verdicts: readonly Verdict[], desired: number, findings: Finding[]): void {
  const wanting = verdicts.filter(({ wish }) => wish !== undefined && wish < desired);
  if (wanting.length === 0) return;
  const others = verdicts.filter(({ wish, scalesIn }) => scalesIn && (wish === undefined || wish >= desired));
  const names = (some: readonly Verdict[]) => some.map(({ policy }) => policy.id).join(', ');
  const text = `${names(wanting)} would take replicas, ${names(others)} would not: none is taken`;
  findings.push({ rule: 'AS-09', text, values: { for: names(wanting), against: names(others) } });
}

function boundFinding(wished: number, wanted: number, { min, max }: ScalingInput['bounds']): Finding {
  const bound = wished > wanted ? `${max} is the most` : `${min} is the least`;
  const text = `${wished} would be wanted, and ${bound} that is allowed`;
  return { rule: 'RS-01', text, values: { wished, wanted, min, max } };
}

function stabilityFinding({ spec }: ScalingInput, wanted: number, stable: number): Finding {
  const { upMs, downMs } = spec.scaling.stabilization;
  const windowMs = wanted > stable ? upMs : downMs;
  const [bound, side] = wanted > stable ? ['less', 'no more than'] : ['more', 'no less than'];
  const text = `${bound} was recommended within the last ${seconds(windowMs)}: ${side} ${stable}, not ${wanted}`;
  return { rule: 'AS-10', text, values: { wanted, stable, windowMs } };
}

function hasPart({ wish }: Verdict, { before, desired }: Applied): boolean {
  return wish !== undefined && (desired > before ? wish > before : desired < before && wish < before);
}

function policyStates(
  now: number,
  verdicts: readonly Verdict[],
  applied: Applied,
): Readonly<Record<string, PolicyState>> {
  const states: Record<string, PolicyState> = {};
  for (const verdict of verdicts)
    states[verdict.policy.id] = hasPart(verdict, applied)
      ? stateAfter(verdict, now, applied.desired)
      : verdict.state;
  return states;
}

/** A condition begins to hold anew; a simple policy waits for what it has asked for, then cools down. */
function stateAfter({ policy, state }: Verdict, now: number, desired: number): PolicyState {
  if (policy.kind === 'above' || policy.kind === 'below') return fresh;
  if (policy.kind !== 'simple') return state;
  return { ...state, cooldownUntil: now + policy.cooldownMs, awaits: desired };
}

function reasonOf(
  input: ScalingInput,
  applied: Applied,
  verdicts: readonly Verdict[],
  scheduled: string | undefined,
): string | undefined {
  const { before, desired } = applied;
  const reasons = scheduled === undefined ? [] : [scheduled];
  if (before !== input.desired && scheduled === undefined) reasons.push(`the bounds leave ${before}`);
  if (desired !== before)
    for (const verdict of verdicts)
      if (hasPart(verdict, applied)) reasons.push(`policy ${verdict.policy.id}: ${verdict.finding.text}`);
  return reasons.length === 0 ? undefined : reasons.join('; ');
}

import type { Finding, PolicyState, ScalingInput, ScalingPolicy, SustainedPolicy } from '../model.ts';
import { type GroupValue, groupValue } from './group-value.ts';
import type { Verdict } from './verdict.ts';
import { measured, noData, quantity, replicas, seconds } from './wording.ts';

type Sustained = ScalingPolicy & SustainedPolicy;

/** Evaluations that have to find the condition, however far apart they are. */
const leastEvaluations = 4;
/** Nothing measured, or nothing evaluated, for more periods than this: the condition begins anew. */
const gapPeriods = 2;

/**
 * AS-02, the paper's policy, and AS-03, its opposite: strictly above (below) the threshold at every evaluation since t0,
 * for `forMs`, at least four of them, without a gap of more than two periods.
 */
export function judgeSustained(input: ScalingInput, policy: Sustained, former: PolicyState): Verdict {
  const group = groupValue(input, policy);
  const state = hold(input, policy, former, group);
  const { heldSince = input.now, heldCount: evaluations = 0 } = state;
  const isMet = state.heldSince !== undefined && isConditionMet(policy, group.value);
  const refusal = isMet ? refusalOf(input, policy, group) : undefined;
  const held: Held = { isMet, heldForMs: input.now - heldSince, evaluations, refusal };
  return {
    policy,
    state,
    scalesIn: policy.kind === 'below',
    ...wishesOf(input, policy, held),
    finding: {
      rule: policy.kind === 'above' ? 'AS-02' : 'AS-03',
      text: textOf(input, policy, group, held),
      values: valuesOf(policy, group, held),
    },
  };
}

interface Held {
  readonly isMet: boolean;
  readonly heldForMs: number;
  readonly evaluations: number;
  readonly refusal: Refusal | undefined;
}

interface Refusal {
  readonly because: string;
  /** Of AS-03: what speaks against it is measured. Otherwise it only waits. */
  readonly projected?: number | null;
}

function wishesOf(
  { desired }: ScalingInput,
  { kind, step, forMs }: Sustained,
  { isMet, heldForMs, evaluations, refusal }: Held,
): Pick<Verdict, 'leaning' | 'wish'> {
  if (!isMet || refusal?.projected !== undefined) return {};
  const target = kind === 'above' ? desired + step : desired - step;
  const isHeld = heldForMs >= forMs && evaluations >= leastEvaluations;
  return isHeld && refusal === undefined ? { leaning: target, wish: target } : { leaning: target };
}

function valuesOf(policy: Sustained, group: GroupValue, held: Held): Finding['values'] {
  const values = {
    policy: policy.id,
    [policy.statistic]: group.value ?? null,
    threshold: policy.threshold,
    heldForMs: held.heldForMs,
    forMs: policy.forMs,
    evaluations: held.evaluations,
    replicas: group.values.length,
    missing: group.missing,
  };
  const projected = held.refusal?.projected;
  return projected === undefined ? values : { ...values, projected, ceiling: policy.ceiling ?? null };
}

function isConditionMet({ kind, threshold }: Sustained, value: number | undefined): boolean {
  if (value === undefined) return false;
  return kind === 'above' ? value > threshold : value < threshold;
}

/** Since when the condition holds, by what this evaluation finds. */
function hold(input: ScalingInput, policy: Sustained, former: PolicyState, group: GroupValue): PolicyState {
  const { now } = input;
  const gapMs = gapPeriods * input.spec.scaling.periodMs;
  const kept = isInterrupted(former, now, gapMs) ? {} : holdOf(former);
  if (group.value === undefined) return kept;
  if (!isConditionMet(policy, group.value) || now - group.newestAt > gapMs) return {};
  const { heldSince = now, heldCount = 0, seenAt } = kept;
  return { heldSince, heldCount: now === seenAt ? heldCount : heldCount + 1, seenAt: now };
}

function isInterrupted({ seenAt = -Infinity }: PolicyState, now: number, gapMs: number): boolean {
  return now - seenAt > gapMs || now < seenAt;
}

function holdOf({ heldSince, heldCount, seenAt }: PolicyState): PolicyState {
  if (heldSince === undefined || heldCount === undefined || seenAt === undefined) return {};
  return { heldSince, heldCount, seenAt };
}

function refusalOf(input: ScalingInput, policy: Sustained, group: GroupValue): Refusal | undefined {
  if (policy.kind === 'below') return projectionRefusal(input, policy, group.value ?? Number.NaN);
  if (input.state.settling === undefined) return undefined;
  return { because: 'waits until the replicas of the last change are in service and warm' };
}

/** AS-03: what is left would be loaded by `mean * n / (n - step)`. */
function projectionRefusal(
  { counted }: ScalingInput,
  { metric, statistic, step, ceiling }: Sustained,
  value: number,
): Refusal | undefined {
  if (ceiling === undefined) return undefined;
  const rest = counted.length - step;
  if (rest <= 0) return { because: 'would leave none to carry the load', projected: null };
  const projected = statistic === 'sum' ? value : (value * counted.length) / rest;
  if (projected < ceiling) return undefined;
  const because = `would be ${quantity(metric, projected)} with ${replicas(rest)}, not below ${quantity(metric, ceiling)}`;
  return { because, projected };
}

function textOf(input: ScalingInput, policy: Sustained, group: GroupValue, held: Held): string {
  if (group.value === undefined) return noData(input, policy.metric);
  const sign = policy.kind === 'above' ? '>' : '<';
  const value = measured(policy, group.value);
  const threshold = quantity(policy.metric, policy.threshold);
  if (!isConditionMet(policy, group.value)) return `${value} is not ${sign} ${threshold}`;
  const condition = `${value} ${sign} ${threshold}`;
  if (!held.isMet)
    return `${condition}, and the newest sample is ${seconds(input.now - group.newestAt)} old: begins anew`;
  const text = `${condition} for ${seconds(held.heldForMs)} of ${seconds(policy.forMs)}, ${held.evaluations} evaluations`;
  return held.refusal === undefined ? text : `${text}; ${held.refusal.because}`;
}

import type { Finding, ScalingInput, ScalingPolicy, TargetPolicy } from '../model.ts';
import { type GroupValue, groupValue, statisticOf } from './group-value.ts';
import type { Verdict } from './verdict.ts';
import { measured, noData, quantity, replicas } from './wording.ts';

type Target = ScalingPolicy & TargetPolicy;

/** Metrics of which 100 is all there is. */
const percentages = new Set(['cpu', 'memory', 'disk']);
/** `0.9 / 0.3 * 1` is a little more than 3, and asks for no fourth replica. */
const roundingError = 1e-9;

interface Tracked {
  /** The ratio to the target that counts: of what is missing and unready too, where there is any. */
  readonly ratio: number;
  readonly target: number;
  readonly because: string;
}

/**
 * AS-08, by the formulas of the Kubernetes HPA: `u = m / target`; kept while `|1 - u| <= tolerance`; else `ceil(u * n)`.
 * Replicas without a sample count as full when there is too little load and as idle when there is too much, those that
 * boot or warm up as idle when there is too much; never against the direction that what is measured asks for.
 */
export function judgeTarget(input: ScalingInput, policy: Target): Verdict {
  const group = groupValue(input, policy);
  const tracked = group.value === undefined ? undefined : track(input, policy, group, group.value);
  const wish = tracked && wishOf(input, policy, tracked);
  return {
    policy,
    state: {},
    scalesIn: policy.scalesIn,
    ...(wish !== undefined && { leaning: wish, wish }),
    finding: {
      rule: 'AS-08',
      text: textOf(input, policy, group, tracked),
      values: valuesOf(input, policy, group, tracked),
    },
  };
}

function wishOf({ desired }: ScalingInput, { scalesIn }: Target, { target }: Tracked): number | undefined {
  return target > desired || (target < desired && scalesIn) ? target : undefined;
}

function valuesOf(
  input: ScalingInput,
  { id, statistic, target, tolerance }: Target,
  { value, missing }: GroupValue,
  tracked: Tracked | undefined,
): Finding['values'] {
  return {
    policy: id,
    [statistic]: value ?? null,
    target,
    tolerance,
    ratio: tracked?.ratio ?? null,
    replicas: input.counted.length,
    missing,
    unready: unreadyOf(input),
    desired: tracked?.target ?? null,
  };
}

function unreadyOf({ capacity, counted }: ScalingInput): number {
  return Math.max(0, capacity - counted.length);
}

function track(input: ScalingInput, policy: Target, group: GroupValue, value: number): Tracked {
  const { desired, counted } = input;
  const keep = (ratio: number, because: string): Tracked => ({ ratio, target: desired, because });
  const measuredRatio = value / policy.target;
  if (isNear(policy, measuredRatio)) return keep(measuredRatio, 'within the tolerance');
  const filled = fill(input, policy, group, measuredRatio > 1);
  if (filled === undefined) return directed(desired, measuredRatio, counted.length);
  const ratio = statisticOf(filled, policy.statistic) / policy.target;
  if (isNear(policy, ratio)) return keep(ratio, 'within the tolerance, with what is missing or not ready');
  if (ratio > 1 !== measuredRatio > 1) return keep(ratio, 'what is missing or not ready may turn it round');
  return directed(desired, ratio, filled.length);
}

function isNear({ tolerance }: Target, ratio: number): boolean {
  return Math.abs(1 - ratio) <= tolerance + roundingError;
}

/** `undefined`: nothing is missing that would count. */
function fill(
  input: ScalingInput,
  { metric, target }: Target,
  { values, missing }: GroupValue,
  isOver: boolean,
): readonly number[] | undefined {
  const unready = isOver ? unreadyOf(input) : 0;
  if (values.length === 0 || missing + unready === 0) return undefined;
  const full = percentages.has(metric) ? Math.max(100, target) : target;
  const ofMissing = Array.from({ length: missing }, () => (isOver ? 0 : full));
  return [...values, ...ofMissing, ...Array.from({ length: unready }, () => 0)];
}

function directed(desired: number, ratio: number, count: number): Tracked {
  const target = Math.max(0, Math.ceil(ratio * count - roundingError));
  const isAgainst = ratio > 1 ? target < desired : target > desired;
  return isAgainst
    ? { ratio, target: desired, because: 'there are others already, or to come' }
    : { ratio, target, because: '' };
}

function textOf(
  input: ScalingInput,
  policy: Target,
  group: GroupValue,
  tracked: Tracked | undefined,
): string {
  if (group.value === undefined || tracked === undefined) return noData(input, policy.metric);
  const ratio = Math.round(tracked.ratio * 1000) / 1000;
  const value = `${measured(policy, group.value)}, target ${quantity(policy.metric, policy.target)}: ratio ${ratio}`;
  if (tracked.target === input.desired)
    return tracked.because === '' ? `${value}, right as it is` : `${value}, ${tracked.because}`;
  const text = `${value}, asks for ${replicas(tracked.target)}`;
  return tracked.target < input.desired && !policy.scalesIn ? `${text}; takes none by its own rule` : text;
}

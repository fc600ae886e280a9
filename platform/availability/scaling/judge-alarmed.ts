import type { AlarmPolicy, PolicyState, ScalingInput, ScalingPolicy } from '../model.ts';
import { adjustCapacity } from './adjust-capacity.ts';
import { type GroupValue, groupValue } from './group-value.ts';
import { type Watched, isBreach, stepOf, watch } from './judge-alarm.ts';
import type { Verdict } from './verdict.ts';
import { measured, quantity, seconds } from './wording.ts';

type Alarmed = ScalingPolicy & AlarmPolicy;

/** What an alarm that is on leads to. */
interface Response {
  readonly target?: number;
  /** Why nothing is done, or not yet. */
  readonly because?: string;
  readonly waits?: boolean;
}

/** AS-04 to AS-07: an alarm, and what the policy does while it is on. */
export function judgeAlarmed(input: ScalingInput, policy: Alarmed, former: PolicyState): Verdict {
  const { now, spec } = input;
  const group = groupValue(input, policy);
  const watched = watch(policy, former, group.value, { now, periodMs: spec.scaling.periodMs });
  const cooling = policy.kind === 'simple' ? coolDown(input, policy, former) : {};
  const response = watched.alarm === 'alarm' ? respond(input, policy, { group, watched, cooling }) : {};
  const { datapoints, alarm, seenAt } = watched;
  const { target, because, waits } = response;
  return {
    policy,
    state: { datapoints, alarm, seenAt, ...cooling },
    scalesIn: scalesIn(policy),
    ...(target !== undefined && { leaning: target }),
    ...(target !== undefined && waits !== true && { wish: target }),
    finding: {
      rule: policy.kind === 'simple' ? 'AS-05' : 'AS-06',
      text: textOf(policy, group, watched, because),
      values: {
        policy: policy.id,
        [policy.statistic]: group.value ?? null,
        threshold: policy.threshold,
        alarm,
        breaching: datapoints.filter((each) => each !== null && isBreach(policy, each)).length,
        ofDatapoints: policy.ofDatapoints,
        missing: group.missing,
        ...(target !== undefined && { target }),
        ...(cooling.cooldownUntil !== undefined && { cooldownMs: cooling.cooldownUntil - now }),
      },
    },
  };
}

function scalesIn({ adjustment, comparison, steps }: AlarmPolicy): boolean {
  return adjustment === 'exact' ? comparison === 'below' : steps.some(({ amount }) => amount < 0);
}

type Cooling = Pick<PolicyState, 'cooldownUntil' | 'awaits'>;

/** AS-05: from the completion of what it did. */
function coolDown(input: ScalingInput, policy: AlarmPolicy, former: PolicyState): Cooling {
  const { now, counted, warming, capacity, desired } = input;
  const { awaits, cooldownUntil } = former;
  if (awaits === undefined) {
    const restMs = (cooldownUntil ?? now) - now;
    return cooldownUntil !== undefined && restMs > 0 && restMs <= policy.cooldownMs ? { cooldownUntil } : {};
  }
  const isComplete =
    counted.length + warming >= Math.min(awaits, desired) && capacity <= Math.max(awaits, desired);
  return { cooldownUntil: now + policy.cooldownMs, ...(!isComplete && { awaits }) };
}

interface Facts {
  readonly group: GroupValue;
  readonly watched: Watched;
  readonly cooling: Cooling;
}

function respond(input: ScalingInput, policy: Alarmed, facts: Facts): Response {
  return policy.kind === 'simple'
    ? respondSimply(input, policy, facts.cooling)
    : respondInSteps(input, policy, facts);
}

function respondSimply(input: ScalingInput, policy: Alarmed, { cooldownUntil, awaits }: Cooling): Response {
  const { now, desired, counted, warming, capacity } = input;
  const target = adjustCapacity(desired, policy.steps[0]?.amount ?? 0, policy);
  if (awaits !== undefined || counted.length + warming < desired || capacity > desired)
    return { target, waits: true, because: 'refused while a change is under way' };
  if (cooldownUntil !== undefined && cooldownUntil > now)
    return { target, waits: true, because: `cools down for another ${seconds(cooldownUntil - now)}` };
  return { target };
}

/**
 * AS-06. What is booting or warming counts as capacity: as long as the replicas of a change are not all in service and
 * warm, a step is reckoned from what there was before it, so the same breach asks for the same size again and a greater
 * one for the difference. What is leaving still counts when replicas are taken.
 */
function respondInSteps(input: ScalingInput, policy: Alarmed, { group, watched }: Facts): Response {
  const { desired, capacity, state } = input;
  if (group.value === undefined || !isBreach(policy, group.value))
    return { because: 'the newest value is in no step' };
  const step = stepOf(policy, group.value);
  if (step === undefined) return { because: `no step covers ${quantity(policy.metric, group.value)}` };
  const out = adjustCapacity(Math.min(state.settling?.from ?? desired, desired), step.amount, policy);
  if (policy.adjustment === 'exact' || step.amount >= 0)
    return { target: Math.max(out, floorOf(input, policy)) };
  const target = adjustCapacity(Math.max(capacity, desired), step.amount, policy);
  return { target: Math.min(target, desired), waits: !watched.isNew };
}

/** Adding never takes; an exact size may. */
function floorOf({ desired }: ScalingInput, { adjustment }: AlarmPolicy): number {
  return adjustment === 'exact' ? 0 : desired;
}

function textOf(
  policy: Alarmed,
  { value }: GroupValue,
  { alarm, datapoints }: Watched,
  because: string | undefined,
): string {
  const sign = policy.comparison === 'above' ? '>' : '<';
  const what = value === undefined ? `no ${policy.metric} sample` : measured(policy, value);
  const breaching = datapoints.filter((each) => each !== null && isBreach(policy, each)).length;
  const rule = `${breaching} of ${datapoints.length} datapoints ${sign} ${quantity(policy.metric, policy.threshold)}`;
  const need = `${policy.datapoints} of ${policy.ofDatapoints} needed`;
  const text = `${what}, ${rule}, ${need}: ${alarm.toUpperCase().replace('-', '_')}`;
  return because === undefined ? text : `${text}; ${because}`;
}

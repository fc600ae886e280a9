import type { PutScalingPolicyType, StepAdjustment } from '@aws-sdk/client-auto-scaling';
import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import type {
  AlarmPolicy,
  MetricWish,
  ScalingPolicy,
  Statistic,
  TargetPolicy,
} from '@trencadis/availability';
import { unsupported } from '@trencadis/aws-client';
import { scalingGroupName } from './aws-names.ts';

/** Of detailed monitoring; without it Amazon measures an instance each five minutes. */
export const periodMs = 60_000;
const periodSeconds = 60;

export interface PolicyPlace {
  readonly group: string;
  /** Amazon's label for the requests to one target of the group's pool; `undefined`: it joins none, or nobody asked. */
  readonly requests: string | undefined;
}

/** What Amazon is to do, and the alarm at which it does; Amazon makes the alarms of a target itself. */
export interface NativePolicy {
  readonly name: string;
  readonly policy: Omit<PutScalingPolicyType, 'AutoScalingGroupName' | 'PolicyName'>;
  readonly alarm?: Omit<PutMetricAlarmInput, 'AlarmName' | 'AlarmActions'>;
}

export const alarmMetrics = ['cpu'] as const;
export const targetMetrics = ['cpu', 'requests'] as const;

/** A policy as Amazon keeps it, which judges a condition by whole minutes (AS-02). */
export function nativePolicyOf(policy: ScalingPolicy, place: PolicyPlace): NativePolicy {
  const name = ruleName(place.group, policy.id);
  if (policy.kind === 'target') return { name, policy: targetOf(policy, place) };
  if (policy.metric !== 'cpu') throw unmeasured(policy, place, alarmMetrics);
  return { name, ...('datapoints' in policy ? alarmed(policy, place) : sustained(policy, place)) };
}

/** Of policies and alarms: no group's rules are named like another's. */
export function ruleName(group: string, id: string): string {
  return `${scalingGroupName(group)}/${id}`;
}

function unmeasured({ id, metric }: ScalingPolicy, { group }: PolicyPlace, known: readonly string[]) {
  return unsupported(
    `The policy ${id} of ${group} goes by ${metric}: Amazon's groups are given ${known.join(' and ')} only. Use the platform's own engine.`,
    group,
  );
}

type Rule = Required<Pick<NativePolicy, 'policy' | 'alarm'>>;
type Sustained = Extract<ScalingPolicy, { readonly kind: 'above' | 'below' }>;
type Alarmed = Extract<ScalingPolicy, { readonly kind: 'simple' | 'step' }>;

function sustained(policy: Sustained, place: PolicyPlace): Rule {
  const { kind, threshold, forMs, step, ceiling } = policy;
  const periods = Math.max(1, Math.ceil(forMs / periodMs));
  const isUp = kind === 'above';
  // Projected onto one replica less, as a figure that is 1 while it holds (AS-03).
  const isProjected = !isUp && ceiling !== undefined;
  const steps: StepAdjustment[] =
    isUp || isProjected
      ? [{ MetricIntervalLowerBound: 0, ScalingAdjustment: isUp ? step : -step }]
      : [{ MetricIntervalUpperBound: 0, ScalingAdjustment: -step }];
  return {
    policy: {
      PolicyType: 'StepScaling',
      AdjustmentType: 'ChangeInCapacity',
      MetricAggregationType: 'Average',
      StepAdjustments: steps,
    },
    alarm: {
      ...(isProjected ? projected(policy, { ceiling, group: place.group }) : measured(policy, place.group)),
      ComparisonOperator: isUp || isProjected ? 'GreaterThanThreshold' : 'LessThanThreshold',
      Threshold: isProjected ? 0 : threshold,
      EvaluationPeriods: periods,
      DatapointsToAlarm: periods,
      TreatMissingData: 'missing',
    },
  };
}

function measured({ statistic }: MetricWish, group: string) {
  return { ...cpuOf(group), ...statisticOf(statistic), Period: periodSeconds };
}

function cpuOf(group: string) {
  return {
    Namespace: 'AWS/EC2',
    MetricName: 'CPUUtilization',
    Dimensions: [{ Name: 'AutoScalingGroupName', Value: scalingGroupName(group) }],
  };
}

const statistics = { mean: 'Average', min: 'Minimum', max: 'Maximum', sum: 'Sum' } as const;

function statisticOf(statistic: Statistic) {
  return statistic === 'p90' ? { ExtendedStatistic: 'p90' } : { Statistic: statistics[statistic] };
}

function projected(
  { statistic, threshold, step }: Sustained,
  { ceiling, group }: { readonly ceiling: number; readonly group: string },
): Pick<PutMetricAlarmInput, 'Metrics'> {
  const size = {
    Namespace: 'AWS/AutoScaling',
    MetricName: 'GroupInServiceInstances',
    Dimensions: [{ Name: 'AutoScalingGroupName', Value: scalingGroupName(group) }],
  };
  const Stat = statistic === 'p90' ? 'p90' : statistics[statistic];
  const condition = `cpu < ${threshold} AND size > ${step} AND cpu * size / (size - ${step}) < ${ceiling}`;
  return {
    Metrics: [
      {
        Id: 'cpu',
        MetricStat: { Metric: cpuOf(group), Period: periodSeconds, Stat },
        ReturnData: false,
      },
      { Id: 'size', MetricStat: { Metric: size, Period: periodSeconds, Stat: 'Average' }, ReturnData: false },
      { Id: 'spare', Expression: `IF(${condition}, 1, 0)`, Label: 'spare', ReturnData: true },
    ],
  };
}

const adjustments = {
  change: 'ChangeInCapacity',
  exact: 'ExactCapacity',
  percent: 'PercentChangeInCapacity',
} as const;
const missingData = {
  missing: 'missing',
  breaching: 'breaching',
  'not-breaching': 'notBreaching',
  ignore: 'ignore',
} as const;

function alarmed(policy: Alarmed, { group }: PolicyPlace): Rule {
  const { comparison, threshold, datapoints, ofDatapoints, missing, adjustment, leastChange } = policy;
  const isPercent = adjustment === 'percent' && leastChange > 0;
  return {
    policy: {
      AdjustmentType: adjustments[adjustment],
      ...(isPercent ? { MinAdjustmentMagnitude: leastChange } : {}),
      ...(policy.kind === 'simple' ? simple(policy) : stepped(policy)),
    },
    alarm: {
      ...measured(policy, group),
      ComparisonOperator: comparison === 'above' ? 'GreaterThanThreshold' : 'LessThanThreshold',
      Threshold: threshold,
      EvaluationPeriods: ofDatapoints,
      DatapointsToAlarm: datapoints,
      TreatMissingData: missingData[missing],
    },
  };
}

function simple({ steps, cooldownMs }: AlarmPolicy) {
  return {
    PolicyType: 'SimpleScaling',
    ScalingAdjustment: steps[0]?.amount ?? 0,
    Cooldown: Math.ceil(cooldownMs / 1000),
  };
}

function stepped({ steps }: AlarmPolicy) {
  return {
    PolicyType: 'StepScaling',
    MetricAggregationType: 'Average',
    StepAdjustments: steps.map(({ from, to, amount }) => ({
      ...(from === undefined ? {} : { MetricIntervalLowerBound: from }),
      ...(to === undefined ? {} : { MetricIntervalUpperBound: to }),
      ScalingAdjustment: amount,
    })),
  };
}

type Targeted = Extract<ScalingPolicy, { readonly kind: 'target' }>;

/** The tolerance is Amazon's own, and so are the alarms. Requests are counted a minute there. */
function targetOf(policy: Targeted & TargetPolicy, place: PolicyPlace): NativePolicy['policy'] {
  const { metric, target, scalesIn } = policy;
  const isCpu = metric === 'cpu';
  if (!isCpu && metric !== 'requests') throw unmeasured(policy, place, targetMetrics);
  const label = place.requests === undefined ? {} : { ResourceLabel: place.requests };
  return {
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingConfiguration: {
      PredefinedMetricSpecification: isCpu
        ? { PredefinedMetricType: 'ASGAverageCPUUtilization' }
        : { PredefinedMetricType: 'ALBRequestCountPerTarget', ...label },
      TargetValue: isCpu ? target : target * periodSeconds,
      DisableScaleIn: !scalesIn,
    },
  };
}

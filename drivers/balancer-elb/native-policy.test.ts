import type { ScalingPolicy } from '@trencadis/availability';
import { describe, expect, it } from 'vitest';
import { nativePolicyOf } from './native-policy.ts';

const place = { group: 'portal', requests: 'app/a/1/targetgroup/b/2' };
const cpu = { id: 'busy', metric: 'cpu', statistic: 'mean' } as const;
const alarm = {
  ...cpu,
  comparison: 'above',
  threshold: 70,
  datapoints: 3,
  ofDatapoints: 5,
  missing: 'not-breaching',
  leastChange: 2,
  cooldownMs: 300_000,
} as const;

describe('a policy at Amazon', () => {
  it('is the one of the paper: 80 % of CPU for a minute, one more (AS-02)', () => {
    const paper: ScalingPolicy = { ...cpu, kind: 'above', threshold: 80, forMs: 60_000, step: 1 };
    expect(nativePolicyOf(paper, place)).toEqual({
      name: 'trencadis-portal/busy',
      policy: {
        PolicyType: 'StepScaling',
        AdjustmentType: 'ChangeInCapacity',
        MetricAggregationType: 'Average',
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
      },
      alarm: {
        Namespace: 'AWS/EC2',
        MetricName: 'CPUUtilization',
        Dimensions: [{ Name: 'AutoScalingGroupName', Value: 'trencadis-portal' }],
        Statistic: 'Average',
        Period: 60,
        EvaluationPeriods: 1,
        DatapointsToAlarm: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 80,
        TreatMissingData: 'missing',
      },
    });
  });

  it('takes one, where the rest would stay below the ceiling (AS-03)', () => {
    const idle: ScalingPolicy = {
      ...cpu,
      kind: 'below',
      threshold: 30,
      forMs: 300_000,
      step: 1,
      ceiling: 70,
    };
    const { policy, alarm: made } = nativePolicyOf(idle, place);
    expect(policy.StepAdjustments).toEqual([{ MetricIntervalLowerBound: 0, ScalingAdjustment: -1 }]);
    expect(made).toMatchObject({
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      EvaluationPeriods: 5,
    });
    expect(made?.Metrics?.at(-1)?.Expression).toBe(
      'IF(cpu < 30 AND size > 1 AND cpu * size / (size - 1) < 70, 1, 0)',
    );
    const plain: ScalingPolicy = { ...cpu, kind: 'below', threshold: 30, forMs: 300_000, step: 2 };
    expect(nativePolicyOf(plain, place)).toMatchObject({
      policy: { StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: -2 }] },
      alarm: { ComparisonOperator: 'LessThanThreshold', Threshold: 30 },
    });
  });

  it('steps by how far a threshold is passed, in percent with a least (AS-06, AS-07)', () => {
    const steps = [
      { from: 0, to: 10, amount: 10 },
      { from: 10, amount: 30 },
    ];
    const policy: ScalingPolicy = { ...alarm, kind: 'step', adjustment: 'percent', steps };
    expect(nativePolicyOf(policy, place)).toMatchObject({
      policy: {
        AdjustmentType: 'PercentChangeInCapacity',
        MinAdjustmentMagnitude: 2,
        StepAdjustments: [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 10 },
          { MetricIntervalLowerBound: 10, ScalingAdjustment: 30 },
        ],
      },
      alarm: { DatapointsToAlarm: 3, EvaluationPeriods: 5, TreatMissingData: 'notBreaching' },
    });
  });

  it('does one thing and rests, when simple (AS-05)', () => {
    const policy: ScalingPolicy = { ...alarm, kind: 'simple', adjustment: 'exact', steps: [{ amount: 4 }] };
    expect(nativePolicyOf(policy, place).policy).toEqual({
      PolicyType: 'SimpleScaling',
      AdjustmentType: 'ExactCapacity',
      ScalingAdjustment: 4,
      Cooldown: 300,
    });
  });

  it('holds a target, of requests by the minute (AS-08)', () => {
    const target = { ...cpu, kind: 'target', target: 50, tolerance: 0.1, scalesIn: false } as const;
    expect(nativePolicyOf(target, place)).toMatchObject({
      policy: {
        TargetTrackingConfiguration: {
          PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' },
          TargetValue: 50,
          DisableScaleIn: true,
        },
      },
    });
    expect(nativePolicyOf({ ...target, metric: 'requests' }, place).policy).toMatchObject({
      TargetTrackingConfiguration: {
        PredefinedMetricSpecification: {
          PredefinedMetricType: 'ALBRequestCountPerTarget',
          ResourceLabel: 'app/a/1/targetgroup/b/2',
        },
        TargetValue: 3000,
      },
    });
  });

  it.each(['memory', 'queue', 'latency'])('refuses to go by %s', (metric) => {
    const policy: ScalingPolicy = { ...cpu, metric, kind: 'above', threshold: 1, forMs: 60_000, step: 1 };
    expect(() => nativePolicyOf(policy, place)).toThrow(
      expect.objectContaining({ code: 'unsupported' }) as Error,
    );
  });
});

import type { AutoScalingGroup, ScalingPolicy, StepAdjustment } from '@aws-sdk/client-auto-scaling';
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { scalingGroupName } from '../aws-names.ts';
import { type TestAccount, awsOf } from './test-account.ts';

const stepMs = 5_000;

/**
 * What Amazon does behind its API and a service with its API alone (moto) does not: measures, judges alarms and carries
 * out what they are there for. It goes by nothing but what the account holds: alarms, policies, bounds and suspended
 * processes as the driver has set them. So tests with it show that what was set means what it should, if Amazon keeps
 * to its documentation; they show nothing of Amazon's own timing.
 *
 * Not stood in for: replacing terminated instances and keeping protected ones, which moto does itself; and suspended
 * launches, to which moto does not keep: here nothing is scaled out while they are.
 */
export class AmazonStandIn {
  readonly #account: TestAccount;
  readonly #group: string;
  readonly #warmupMs: number;
  #now = 0;
  #measured: number[] = [];
  /** Means of whole minutes, the newest last. */
  #minutes: number[] = [];
  #warmAt = 0;

  constructor(account: TestAccount, group: string, warmupMs: number) {
    this.#account = account;
    this.#group = scalingGroupName(group);
    this.#warmupMs = warmupMs;
  }

  /** CPU of all instances, in percent. */
  async pass(ms: number, cpu: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.#now += stepMs;
      this.#measured.push(cpu);
      if (this.#now % 60_000 === 0) await this.#endMinute();
    }
  }

  async #endMinute(): Promise<void> {
    const total = this.#measured.reduce((sum, each) => sum + each, 0);
    this.#minutes.push(total / this.#measured.length);
    this.#measured = [];
    const cloudWatch = await awsOf(this.#account).cloudWatch();
    const { MetricAlarms = [] } = await cloudWatch.describeAlarms({
      AlarmNamePrefix: `${this.#group}/`,
    });
    for (const alarm of MetricAlarms) {
      if (!this.#isBreached(alarm)) continue;
      for (const arn of alarm.AlarmActions ?? []) await this.#carryOut(arn, alarm);
    }
  }

  #isBreached(alarm: MetricAlarm): boolean {
    const { EvaluationPeriods = 1, Threshold = 0, ComparisonOperator, Period, Statistic } = alarm;
    const { MetricName, Namespace, Dimensions } = alarm;
    const of = Dimensions?.find(({ Name }) => Name === 'AutoScalingGroupName')?.Value;
    if (
      `${Namespace} ${MetricName} ${Statistic} ${Period} ${of}` !==
      `AWS/EC2 CPUUtilization Average 60 ${this.#group}`
    )
      throw new Error(`nobody stands in for the alarm ${alarm.AlarmName}`);
    const minutes = this.#minutes.slice(-EvaluationPeriods);
    const breaches = minutes.filter((mean) =>
      ComparisonOperator === 'GreaterThanThreshold' ? mean > Threshold : mean < Threshold,
    );
    return breaches.length >= (alarm.DatapointsToAlarm ?? EvaluationPeriods);
  }

  /** A step; one that is the same again while instances of the last one warm up changes nothing. */
  async #carryOut(policyArn: string, { Threshold = 0 }: MetricAlarm): Promise<void> {
    const { group, policy } = await this.#find(policyArn);
    const isStanding = isSuspended(group, 'AlarmNotification') || isSuspended(group, 'Launch');
    if (isStanding || this.#warmAt > this.#now) return;
    const distance = (this.#minutes.at(-1) ?? 0) - Threshold;
    const DesiredCapacity = within(group, changeOf(policy.StepAdjustments ?? [], distance));
    if (DesiredCapacity === group.DesiredCapacity) return;
    this.#warmAt = this.#now + this.#warmupMs;
    const autoScaling = await awsOf(this.#account).autoScaling();
    await autoScaling.setDesiredCapacity({ AutoScalingGroupName: this.#group, DesiredCapacity });
  }

  async #find(policyArn: string): Promise<{ group: AutoScalingGroup; policy: ScalingPolicy }> {
    const autoScaling = await awsOf(this.#account).autoScaling();
    const AutoScalingGroupName = this.#group;
    const { ScalingPolicies = [] } = await autoScaling.describePolicies({ AutoScalingGroupName });
    const policy = ScalingPolicies.find(({ PolicyARN }) => PolicyARN === policyArn);
    const { AutoScalingGroups: [group] = [] } = await autoScaling.describeAutoScalingGroups({
      AutoScalingGroupNames: [AutoScalingGroupName],
    });
    if (policy !== undefined && group !== undefined) return { group, policy };
    throw new Error(`the alarm leads to ${policyArn}, which is not there`);
  }
}

function within(group: AutoScalingGroup, change: number): number {
  const { DesiredCapacity = 0, MinSize = 0, MaxSize = 0 } = group;
  return Math.min(MaxSize, Math.max(MinSize, DesiredCapacity + change));
}

function isSuspended({ SuspendedProcesses = [] }: AutoScalingGroup, process: string): boolean {
  return SuspendedProcesses.some(({ ProcessName }) => ProcessName === process);
}

function changeOf(steps: readonly StepAdjustment[], distance: number): number {
  const step = steps.find(
    ({ MetricIntervalLowerBound: from = -Infinity, MetricIntervalUpperBound: to = Infinity }) =>
      distance >= from && distance <= to,
  );
  return step?.ScalingAdjustment ?? 0;
}

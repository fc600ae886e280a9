import type { PutScheduledUpdateGroupActionType } from '@aws-sdk/client-auto-scaling';
import type { ScalingGroupSpec, ScheduleSpec } from '@trencadis/availability';
import { parseInstant } from '@trencadis/clock';
import { type Account, allPages } from './account.ts';
import { scalingGroupName } from './aws-names.ts';
import { findLoadBalancer } from './load-balancers.ts';
import { type NativePolicy, nativePolicyOf, ruleName } from './native-policy.ts';
import { tagKey, tagsOf } from './tags.ts';
import { findTargetGroups } from './target-groups.ts';

/** Policies with their alarms, and schedules, as the spec has them; those that it has no more leave. */
export async function syncRules(account: Account, spec: ScalingGroupSpec): Promise<void> {
  const requests = await requestLabel(account, spec);
  const wanted = spec.policies.map((policy) => nativePolicyOf(policy, { group: spec.name, requests }));
  for (const each of wanted) await putPolicy(account, spec, each);
  const autoScaling = await account.site.clients.autoScaling();
  const AutoScalingGroupName = scalingGroupName(spec.name);
  const names = new Set(wanted.map(({ name }) => name));
  const existing = await allPages(
    ({ NextToken }) =>
      autoScaling.describePolicies(
        { AutoScalingGroupName, ...(NextToken === undefined ? {} : { NextToken }) },
        account.on,
      ),
    ({ ScalingPolicies }) => ScalingPolicies,
  );
  for (const { PolicyName } of existing) {
    if (PolicyName === undefined || names.has(PolicyName)) continue;
    await autoScaling.deletePolicy({ AutoScalingGroupName, PolicyName }, account.on);
  }
  const alarmed = wanted.filter(({ alarm }) => alarm !== undefined).map(({ name }) => name);
  await removeAlarms(account, spec.name, new Set(alarmed));
  await syncSchedules(account, spec);
}

/** Where in the traffic of its balancer the group stands, as a policy on requests needs it. */
async function requestLabel(account: Account, spec: ScalingGroupSpec): Promise<string | undefined> {
  const [place] = spec.pools;
  const isAsked = spec.policies.some(({ kind, metric }) => kind === 'target' && metric === 'requests');
  if (place === undefined || !isAsked) return undefined;
  const balancer = await findLoadBalancer(account, place.balancer);
  const group = (await findTargetGroups(account, place.balancer)).find(({ pool }) => pool === place.pool);
  const [, ofBalancer] = balancer?.arn.split(':loadbalancer/') ?? [];
  const ofPool = group?.arn.split(':').at(-1);
  return ofBalancer === undefined || ofPool === undefined ? undefined : `${ofBalancer}/${ofPool}`;
}

async function putPolicy(
  account: Account,
  spec: ScalingGroupSpec,
  { name, policy, alarm }: NativePolicy,
): Promise<void> {
  const autoScaling = await account.site.clients.autoScaling();
  const { PolicyARN } = await autoScaling.putScalingPolicy(
    { ...policy, AutoScalingGroupName: scalingGroupName(spec.name), PolicyName: name },
    account.on,
  );
  if (alarm === undefined || PolicyARN === undefined) return;
  const cloudWatch = await account.site.clients.cloudWatch();
  const Tags = tagsOf({ [tagKey.tag]: spec.tag, [tagKey.group]: spec.name });
  await cloudWatch.putMetricAlarm({ ...alarm, AlarmName: name, AlarmActions: [PolicyARN], Tags }, account.on);
}

/** Those of the group, but for these. */
export async function removeAlarms(
  account: Account,
  group: string,
  kept: ReadonlySet<string> = new Set(),
): Promise<void> {
  const cloudWatch = await account.site.clients.cloudWatch();
  const alarms = await allPages(
    ({ NextToken }) =>
      cloudWatch.describeAlarms(
        { AlarmNamePrefix: ruleName(group, ''), ...(NextToken === undefined ? {} : { NextToken }) },
        account.on,
      ),
    ({ MetricAlarms }) => MetricAlarms,
  );
  const AlarmNames = alarms.flatMap(({ AlarmName = '' }) => (kept.has(AlarmName) ? [] : [AlarmName]));
  if (AlarmNames.length > 0) await cloudWatch.deleteAlarms({ AlarmNames }, account.on);
}

async function syncSchedules(account: Account, spec: ScalingGroupSpec): Promise<void> {
  const autoScaling = await account.site.clients.autoScaling();
  const AutoScalingGroupName = scalingGroupName(spec.name);
  const now = account.site.clock.now();
  const wanted = spec.schedules.flatMap((schedule) => scheduledAction(schedule, now) ?? []);
  for (const each of wanted)
    await autoScaling.putScheduledUpdateGroupAction({ ...each, AutoScalingGroupName }, account.on);
  const names = new Set(wanted.map(({ ScheduledActionName }) => ScheduledActionName));
  const existing = await allPages(
    ({ NextToken }) =>
      autoScaling.describeScheduledActions(
        { AutoScalingGroupName, ...(NextToken === undefined ? {} : { NextToken }) },
        account.on,
      ),
    ({ ScheduledUpdateGroupActions }) => ScheduledUpdateGroupActions,
  );
  for (const { ScheduledActionName } of existing) {
    if (ScheduledActionName === undefined || names.has(ScheduledActionName)) continue;
    await autoScaling.deleteScheduledAction({ AutoScalingGroupName, ScheduledActionName }, account.on);
  }
}

type ScheduledAction = Omit<PutScheduledUpdateGroupActionType, 'AutoScalingGroupName'>;

/** `undefined`: an instant that is over, which Amazon refuses. */
export function scheduledAction(schedule: ScheduleSpec, now: Date): ScheduledAction | undefined {
  const { id, at, timeZone, min, max, replicas } = schedule;
  const isCron = at.trim().split(/\s+/).length === 5;
  if (!isCron && parseInstant(at) <= now) return undefined;
  return {
    ScheduledActionName: id,
    ...(isCron ? { Recurrence: at.trim(), TimeZone: timeZone } : { StartTime: parseInstant(at) }),
    ...(min === undefined ? {} : { MinSize: min }),
    ...(max === undefined ? {} : { MaxSize: max }),
    ...(replicas === undefined ? {} : { DesiredCapacity: replicas }),
  };
}

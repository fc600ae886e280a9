import type { PutScheduledUpdateGroupActionType, ScalingPolicy } from '@aws-sdk/client-auto-scaling';
import type { ScalingGroupSpec, ScheduleSpec } from '@trencadis/availability';
import { allPages, hasAwsCode, notFound, tagsOf } from '@trencadis/aws-client';
import { parseInstant } from '@trencadis/clock';
import type { Account } from './account.ts';
import { scalingGroupName } from './aws-names.ts';
import { findLoadBalancer } from './load-balancers.ts';
import { type NativePolicy, nativePolicyOf, ruleName } from './native-policy.ts';
import { tagKey } from './tags.ts';
import { findTargetGroups } from './target-groups.ts';

/** Policies with their alarms, and schedules, as the spec has them; those that it has no more leave. */
export async function syncRules(account: Account, spec: ScalingGroupSpec): Promise<void> {
  const requests = await requestLabel(account, spec);
  const wanted = spec.policies.map((policy) => nativePolicyOf(policy, { group: spec.name, requests }));
  await putPolicies(account, spec, wanted);
  await removePolicies(account, spec.name, new Set(wanted.map(({ name }) => name)));
  const alarmed = wanted.filter(({ alarm }) => alarm !== undefined).map(({ name }) => name);
  await removeAlarms(account, spec.name, new Set(alarmed));
  await syncSchedules(account, spec);
}

async function putPolicies(
  account: Account,
  spec: ScalingGroupSpec,
  wanted: readonly NativePolicy[],
): Promise<void> {
  const autoScaling = await account.site.clients.autoScaling();
  const AutoScalingGroupName = scalingGroupName(spec.name);
  for (const { name: PolicyName, policy } of wanted)
    await autoScaling.putScalingPolicy({ ...policy, AutoScalingGroupName, PolicyName }, account.on);
  const alarmed = wanted.filter(({ alarm }) => alarm !== undefined);
  if (alarmed.length === 0) return;
  const arns = new Map<string | undefined, string | undefined>(
    (await policiesOf(account, spec.name)).map(({ PolicyName, PolicyARN }) => [PolicyName, PolicyARN]),
  );
  const Tags = tagsOf({ [tagKey.tag]: spec.tag, [tagKey.group]: spec.name });
  const cloudWatch = await account.site.clients.cloudWatch();
  for (const { name, alarm } of alarmed) {
    const arn = arns.get(name);
    if (arn === undefined) throw notFound(`policy of the scaling group ${spec.name}`, name);
    await cloudWatch.putMetricAlarm({ ...alarm, AlarmName: name, AlarmActions: [arn], Tags }, account.on);
  }
}

async function policiesOf(account: Account, group: string): Promise<readonly ScalingPolicy[]> {
  const autoScaling = await account.site.clients.autoScaling();
  const AutoScalingGroupName = scalingGroupName(group);
  return allPages(
    ({ NextToken }) =>
      autoScaling.describePolicies(
        { AutoScalingGroupName, ...(NextToken === undefined ? {} : { NextToken }) },
        account.on,
      ),
    ({ ScalingPolicies }) => ScalingPolicies,
  );
}

/** Those of the group, but for these. */
async function removePolicies(account: Account, group: string, kept: ReadonlySet<string>): Promise<void> {
  const autoScaling = await account.site.clients.autoScaling();
  const AutoScalingGroupName = scalingGroupName(group);
  for (const { PolicyName } of await policiesOf(account, group)) {
    if (PolicyName === undefined || kept.has(PolicyName)) continue;
    await autoScaling.deletePolicy({ AutoScalingGroupName, PolicyName }, account.on);
  }
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

/** Nothing acts on a group that ends. Amazon removes what is left with the group. */
export async function removeRules(account: Account, group: string): Promise<void> {
  await removeAlarms(account, group);
  await removePolicies(account, group, new Set());
  await putSchedules(account, group, []);
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

function syncSchedules(account: Account, { name, schedules }: ScalingGroupSpec): Promise<void> {
  const now = account.site.clock.now();
  return putSchedules(
    account,
    name,
    schedules.flatMap((schedule) => scheduledAction(schedule, now) ?? []),
  );
}

/** These, and no others. */
async function putSchedules(
  account: Account,
  group: string,
  wanted: readonly ScheduledAction[],
): Promise<void> {
  const autoScaling = await account.site.clients.autoScaling();
  const AutoScalingGroupName = scalingGroupName(group);
  for (const each of wanted)
    await autoScaling.putScheduledUpdateGroupAction({ ...each, AutoScalingGroupName }, account.on);
  const names = new Set<string | undefined>(wanted.map(({ ScheduledActionName }) => ScheduledActionName));
  for (const name of await scheduledOf(account, group)) {
    if (names.has(name)) continue;
    try {
      await autoScaling.deleteScheduledAction(
        { AutoScalingGroupName, ScheduledActionName: name },
        account.on,
      );
    } catch (error) {
      // It is gone: the answer of an earlier attempt was lost, or its time is over.
      const isThere = (await scheduledOf(account, group)).includes(name);
      if (isThere || !hasAwsCode(error, /^ValidationError$/)) throw error;
    }
  }
}

async function scheduledOf(account: Account, group: string): Promise<readonly string[]> {
  const autoScaling = await account.site.clients.autoScaling();
  const AutoScalingGroupName = scalingGroupName(group);
  const all = await allPages(
    ({ NextToken }) =>
      autoScaling.describeScheduledActions(
        { AutoScalingGroupName, ...(NextToken === undefined ? {} : { NextToken }) },
        account.on,
      ),
    ({ ScheduledUpdateGroupActions }) => ScheduledUpdateGroupActions,
  );
  return all.flatMap(({ ScheduledActionName }) => ScheduledActionName ?? []);
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

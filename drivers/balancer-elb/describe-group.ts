import type { Activity, AutoScalingGroup, Instance } from '@aws-sdk/client-auto-scaling';
import type { GroupActivity, GroupInstance, ReplicaPhase, ScalingGroup } from '@trencadis/availability';
import { factsOf } from '@trencadis/aws-client';
import { type Tag, brandId } from '@trencadis/ids';
import type { Account } from './account.ts';
import { findGroup, findGroups } from './find-group.ts';
import { type OwnTemplate, findTemplate, findTemplates } from './launch-template.ts';
import { amazonProcess, processes } from './suspension.ts';
import { tagKey } from './tags.ts';

const mostActivities = 20;

export async function describeGroup(account: Account, name: string): Promise<ScalingGroup | undefined> {
  const found = await findGroup(account, name);
  if (found !== undefined) return toGroup(account, found);
  const template = await findTemplate(account, name);
  return template === undefined ? undefined : halfMade(template);
}

export async function listGroups(account: Account, tag: Tag): Promise<readonly ScalingGroup[]> {
  const templates = await findTemplates(account, tagKey.tag, tag);
  const groups: ScalingGroup[] = [];
  for (const each of await findGroups(account, tag)) groups.push(await toGroup(account, each));
  const known = new Set(groups.map(({ name }) => name));
  return [...groups, ...templates.filter(({ group }) => !known.has(group)).map(halfMade)];
}

function halfMade({ group, tag }: OwnTemplate): ScalingGroup {
  return {
    name: group,
    tag: brandId('Tag', tag),
    status: 'creating',
    min: 0,
    max: 0,
    desired: 0,
    suspended: [],
    instances: [],
    activities: [],
  };
}

async function toGroup(account: Account, group: AutoScalingGroup): Promise<ScalingGroup> {
  const facts = factsOf(group);
  const version = group.LaunchTemplate?.Version;
  return {
    ...sizeOf(group),
    name: facts[tagKey.group] ?? '',
    tag: brandId('Tag', facts[tagKey.tag] ?? ''),
    status: group.Status === undefined ? 'active' : 'deleting',
    suspended: suspendedOf(group),
    instances: (group.Instances ?? []).map((instance) => toInstance(instance, version)),
    activities: await activitiesOf(account, group),
    ...(facts[tagKey.rolled] === undefined ? {} : await latestRoll(account, group)),
  };
}

function sizeOf({ MinSize: min = 0, MaxSize: max = 0, DesiredCapacity: desired = 0 }: AutoScalingGroup) {
  return { min, max, desired };
}

function suspendedOf({ SuspendedProcesses = [] }: AutoScalingGroup): ScalingGroup['suspended'] {
  const names = new Set(SuspendedProcesses.map(({ ProcessName }) => ProcessName));
  return processes.filter((each) => names.has(amazonProcess[each]));
}

const phases: readonly (readonly [RegExp, ReplicaPhase])[] = [
  [/^Pending:(Wait|Proceed)$/, 'configuring'],
  [/^Pending$/, 'booting'],
  [/^InService$/, 'in-service'],
  [/^Terminating/, 'terminating'],
  [/^Detach/, 'draining'],
  [/Standby$/, 'standby'],
];

export function phaseOf(lifecycle: string): ReplicaPhase {
  return phases.find(([pattern]) => pattern.test(lifecycle))?.[1] ?? 'unknown';
}

function toInstance(instance: Instance, version: string | undefined): GroupInstance {
  const lifecycle = instance.LifecycleState ?? '';
  const launched = instance.LaunchTemplate?.Version;
  const { AvailabilityZone: zone } = instance;
  return {
    name: brandId('VmName', instance.InstanceId ?? ''),
    phase: phaseOf(lifecycle),
    lifecycle,
    isHealthy: instance.HealthStatus === 'Healthy',
    isProtected: instance.ProtectedFromScaleIn ?? false,
    isOutdated: version !== undefined && launched !== version,
    ...(zone === undefined ? {} : { zone }),
  };
}

async function activitiesOf(
  account: Account,
  { AutoScalingGroupName }: AutoScalingGroup,
): Promise<readonly GroupActivity[]> {
  const autoScaling = await account.site.clients.autoScaling();
  const { Activities = [] } = await autoScaling.describeScalingActivities(
    { AutoScalingGroupName, MaxRecords: mostActivities },
    account.on,
  );
  return Activities.map(toActivity);
}

function toActivity(activity: Activity): GroupActivity {
  const { StartTime, StatusCode, Description, Cause, StatusMessage } = activity;
  const isOver = StatusCode === 'Successful';
  const isFailed = StatusCode === 'Failed' || StatusCode === 'Cancelled';
  return {
    at: StartTime?.getTime() ?? 0,
    status: isOver ? 'done' : isFailed ? 'failed' : 'running',
    text: Description ?? '',
    because: [Cause, StatusMessage].filter((text) => text !== undefined && text !== '').join(' '),
  };
}

async function latestRoll(
  account: Account,
  { AutoScalingGroupName }: AutoScalingGroup,
): Promise<Pick<ScalingGroup, 'roll'>> {
  const autoScaling = await account.site.clients.autoScaling();
  const { InstanceRefreshes = [] } = await autoScaling.describeInstanceRefreshes(
    { AutoScalingGroupName, MaxRecords: 1 },
    account.on,
  );
  const [latest] = InstanceRefreshes;
  if (latest === undefined) return {};
  const { Status: status = '', PercentageComplete: percent = 0, StatusReason: because } = latest;
  return { roll: { status, percent, ...(because === undefined ? {} : { because }) } };
}

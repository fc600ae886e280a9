import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type {
  GroupPlace,
  Process,
  RollSpec,
  ScalingGroup,
  ScalingGroupDriver,
  ScalingGroupSpec,
} from '@trencadis/availability';
import { type AwsOptions, byTag, hasAwsCode, notFound, until } from '@trencadis/aws-client';
import { type Account, type Change, changing, siteOf, withAccount } from './account.ts';
import { scalingGroupName } from './aws-names.ts';
import { checkGroup } from './check-group.ts';
import { describeGroup, listGroups } from './describe-group.ts';
import { checkDesired, ensureGroup } from './ensure-group.ts';
import { findGroup } from './find-group.ts';
import { ensureTemplate, findTemplate, removeTemplate } from './launch-template.ts';
import { alarmMetrics, periodMs, targetMetrics } from './native-policy.ts';
import { networkRecords } from './networks.ts';
import { rollGroup } from './roll-group.ts';
import { removeAlarms, removeRules, syncRules } from './scaling-rules.ts';
import { amazonProcess, processes } from './suspension.ts';
import { tagKey } from './tags.ts';

const goneWithinMs = 1_800_000;
const mostAtOnce = 50;

/**
 * Amazon's own engine (AS-02, EC2 back-end): an Auto Scaling group with a launch template, its target groups, alarms of
 * CloudWatch on one-minute averages, and schedules. Its instances are contextualized by user data alone, which
 * cloud-init runs at their first boot from an image that holds all that the service needs; the platform configures none
 * of them, and the driver of VMs does not list them. https://docs.aws.amazon.com/autoscaling/ec2/APIReference/
 */
export function createAutoScalingGroups(options: AwsOptions): ScalingGroupDriver {
  const site = siteOf(options);
  const change = <Result>(name: string, signal: AbortSignal, work: Change<Result>['work']) =>
    changing(site, `group ${name}`, { signal, work });
  return {
    capabilities: { product: 'EC2 Auto Scaling', alarmMetrics, targetMetrics, periodMs },
    applyGroup: (spec, signal) => change(spec.name, signal, (account) => applyGroup(account, spec)),
    describeGroup: (name, signal) => withAccount(site, signal, (account) => describeGroup(account, name)),
    listGroups: (tag, signal) => withAccount(site, signal, (account) => listGroups(account, tag)),
    deleteGroup: (name, signal) => change(name, signal, (account) => deleteGroup(account, name)),
    setDesired: (name, desired, signal) =>
      change(name, signal, (account) => setDesired(account, name, desired)),
    setSuspended: (name, all, signal) => change(name, signal, (account) => setSuspended(account, name, all)),
    setProtected: (place, isProtected, signal) =>
      change(place.group, signal, (account) => setProtected(account, place, isProtected)),
    markUnhealthy: (place, signal) => change(place.group, signal, (account) => markUnhealthy(account, place)),
    rollGroup: (name, roll: RollSpec, signal) =>
      change(name, signal, async (account) =>
        rollGroup(account, name, { roll, group: await getGroup(account, name) }),
      ),
  };
}

/** Each step finds what an earlier call that was cut off has made. */
async function applyGroup(account: Account, spec: ScalingGroupSpec): Promise<ScalingGroup> {
  checkGroup(spec);
  const networks = await networkRecords(account, spec.launch.networks, `The scaling group ${spec.name}`);
  const [network] = networks;
  if (network === undefined) throw notFound('network', spec.launch.networks[0] ?? '');
  const template = await ensureTemplate(account, spec, networks);
  await ensureGroup(account, spec, { template, network });
  await measureGroup(account, spec.name);
  await syncRules(account, spec);
  const group = await describeGroup(account, spec.name);
  if (group === undefined) throw notFound('scaling group', spec.name);
  return group;
}

/** How many are in service is a figure that policies build on. */
async function measureGroup(account: Account, name: string): Promise<void> {
  const autoScaling = await account.site.clients.autoScaling();
  const AutoScalingGroupName = scalingGroupName(name);
  await autoScaling.enableMetricsCollection(
    { AutoScalingGroupName, Granularity: '1Minute', Metrics: ['GroupInServiceInstances'] },
    account.on,
  );
}

async function getGroup(account: Account, name: string): Promise<AutoScalingGroup> {
  const group = await findGroup(account, name);
  if (group === undefined) throw notFound('scaling group', name);
  return group;
}

/** The record last, so that what is left of a removal that was cut off is found by it. */
async function deleteGroup(account: Account, name: string): Promise<void> {
  const found = await findGroup(account, name);
  if (found !== undefined && found.Status === undefined) {
    await removeRules(account, name);
    await unprotect(account, name, found);
    await endGroup(account, name);
  }
  await untilGone(account, name);
  const template = await findTemplate(account, name);
  if (template === undefined) return;
  await removeAlarms(account, name);
  await removeTemplate(account, template);
}

/** Whoever deletes the group means all of it. */
async function unprotect(
  account: Account,
  name: string,
  { Instances = [] }: AutoScalingGroup,
): Promise<void> {
  const InstanceIds = Instances.flatMap(({ InstanceId, ProtectedFromScaleIn }) =>
    ProtectedFromScaleIn === true && InstanceId !== undefined ? [InstanceId] : [],
  );
  const autoScaling = await account.site.clients.autoScaling();
  const AutoScalingGroupName = scalingGroupName(name);
  // Amazon takes so many at once.
  for (let at = 0; at < InstanceIds.length; at += mostAtOnce)
    await autoScaling.setInstanceProtection(
      {
        AutoScalingGroupName,
        InstanceIds: InstanceIds.slice(at, at + mostAtOnce),
        ProtectedFromScaleIn: false,
      },
      account.on,
    );
}

async function endGroup(account: Account, name: string): Promise<void> {
  const autoScaling = await account.site.clients.autoScaling();
  const AutoScalingGroupName = scalingGroupName(name);
  try {
    await autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName, ForceDelete: true }, account.on);
  } catch (error) {
    // It ends: the answer of an earlier attempt was lost, or another process was quicker.
    const found = await findGroup(account, name);
    const isStanding = found !== undefined && found.Status === undefined;
    if (isStanding || !hasAwsCode(error, /^(ValidationError|ScalingActivityInProgress)/)) throw error;
  }
}

async function untilGone(account: Account, name: string): Promise<void> {
  const { ec2, on } = account;
  const awaited = { what: `the scaling group ${name} ends`, subject: name, deadlineMs: goneWithinMs };
  await until(account, awaited, async () => {
    if ((await findGroup(account, name)) !== undefined) return undefined;
    const states = ['pending', 'running', 'shutting-down', 'stopping', 'stopped'];
    const Filters = [byTag(tagKey.group, name), { Name: 'instance-state-name', Values: states }];
    const { Reservations = [] } = await ec2.describeInstances({ Filters }, on);
    return Reservations.length === 0 ? true : undefined;
  });
}

async function setDesired(account: Account, name: string, desired: number): Promise<void> {
  checkDesired(await getGroup(account, name), name, desired);
  const autoScaling = await account.site.clients.autoScaling();
  await autoScaling.setDesiredCapacity(
    { AutoScalingGroupName: scalingGroupName(name), DesiredCapacity: desired, HonorCooldown: false },
    account.on,
  );
}

async function setSuspended(account: Account, name: string, all: readonly Process[]): Promise<void> {
  const group = await getGroup(account, name);
  const standing = new Set(group.SuspendedProcesses?.map(({ ProcessName }) => ProcessName));
  const autoScaling = await account.site.clients.autoScaling();
  const AutoScalingGroupName = scalingGroupName(name);
  const namesOf = (chosen: readonly Process[]) => chosen.map((each) => amazonProcess[each]);
  const stopping = namesOf(all).filter((each) => !standing.has(each));
  const going = namesOf(processes.filter((each) => !all.includes(each))).filter((each) => standing.has(each));
  if (stopping.length > 0)
    await autoScaling.suspendProcesses({ AutoScalingGroupName, ScalingProcesses: stopping }, account.on);
  if (going.length > 0)
    await autoScaling.resumeProcesses({ AutoScalingGroupName, ScalingProcesses: going }, account.on);
}

async function setProtected(
  account: Account,
  { group, instance }: GroupPlace,
  isProtected: boolean,
): Promise<void> {
  const { Instances = [] } = await getGroup(account, group);
  if (!Instances.some(({ InstanceId }) => InstanceId === instance)) throw notFound('instance', instance);
  const autoScaling = await account.site.clients.autoScaling();
  await autoScaling.setInstanceProtection(
    {
      AutoScalingGroupName: scalingGroupName(group),
      InstanceIds: [instance],
      ProtectedFromScaleIn: isProtected,
    },
    account.on,
  );
}

async function markUnhealthy(account: Account, { group, instance }: GroupPlace): Promise<void> {
  const { Instances = [] } = await getGroup(account, group);
  if (!Instances.some(({ InstanceId }) => InstanceId === instance)) return;
  const autoScaling = await account.site.clients.autoScaling();
  const mark = { InstanceId: instance, HealthStatus: 'Unhealthy', ShouldRespectGracePeriod: false };
  try {
    await autoScaling.setInstanceHealth(mark, account.on);
  } catch (error) {
    // It left the group meanwhile.
    if (!hasAwsCode(error, /NotFound|^ValidationError$/)) throw error;
    const { Instances: rest = [] } = await getGroup(account, group);
    if (rest.some(({ InstanceId }) => InstanceId === instance)) throw error;
  }
}

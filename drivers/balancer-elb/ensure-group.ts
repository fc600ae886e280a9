import type { AutoScalingGroup, CreateAutoScalingGroupType } from '@aws-sdk/client-auto-scaling';
import type { ScalingGroupSpec } from '@trencadis/availability';
import {
  factsOf,
  hasAwsCode,
  heldByOther,
  invalid,
  notFound,
  tagsOf,
  unsupported,
} from '@trencadis/aws-client';
import { type Account, onceVisible } from './account.ts';
import { scalingGroupName } from './aws-names.ts';
import { findGroup } from './find-group.ts';
import type { OwnTemplate } from './launch-template.ts';
import { type NetworkRecord, subnetsOf } from './networks.ts';
import { tagKey } from './tags.ts';
import { findTargetGroups } from './target-groups.ts';

/** The Auto Scaling group as the spec has it; its instances come and go afterwards. */
export async function ensureGroup(
  account: Account,
  spec: ScalingGroupSpec,
  made: { readonly template: OwnTemplate; readonly network: NetworkRecord },
): Promise<void> {
  const TargetGroupARNs = await targetGroupsOf(account, spec);
  const subnets = await subnetsOf(account, made.network);
  const wanted = {
    ...settingsOf(spec, made.template),
    VPCZoneIdentifier: subnets.map(({ SubnetId }) => SubnetId).join(','),
  };
  const existing = await findGroup(account, spec.name);
  if (existing === undefined) return makeGroup(account, spec, { ...wanted, TargetGroupARNs });
  const { [tagKey.tag]: tag } = factsOf(existing);
  if (tag !== spec.tag) throw heldByOther('scaling group', spec.name, tag);
  const now = existing.DesiredCapacity ?? spec.min;
  const DesiredCapacity = Math.min(spec.max, Math.max(spec.min, now));
  const autoScaling = await account.site.clients.autoScaling();
  await autoScaling.updateAutoScalingGroup(
    { ...wanted, ...(DesiredCapacity === now ? {} : { DesiredCapacity }) },
    account.on,
  );
  await syncTargets(account, existing, TargetGroupARNs);
}

type Settings = Pick<
  CreateAutoScalingGroupType,
  | 'AutoScalingGroupName'
  | 'LaunchTemplate'
  | 'MinSize'
  | 'MaxSize'
  | 'HealthCheckType'
  | 'HealthCheckGracePeriod'
  | 'DefaultInstanceWarmup'
  | 'TerminationPolicies'
>;

function settingsOf(spec: ScalingGroupSpec, template: OwnTemplate): Settings {
  return {
    AutoScalingGroupName: scalingGroupName(spec.name),
    LaunchTemplate: { LaunchTemplateId: template.id, Version: String(template.latest) },
    MinSize: spec.min,
    MaxSize: spec.max,
    HealthCheckType: spec.pools.length === 0 ? 'EC2' : 'ELB',
    HealthCheckGracePeriod: Math.ceil(spec.graceMs / 1000),
    DefaultInstanceWarmup: Math.ceil(spec.warmupMs / 1000),
    TerminationPolicies: [spec.victim === 'newest' ? 'NewestInstance' : 'OldestInstance'],
  };
}

async function targetGroupsOf(account: Account, spec: ScalingGroupSpec): Promise<string[]> {
  const arns: string[] = [];
  for (const { balancer, pool } of spec.pools) {
    const found = (await findTargetGroups(account, balancer)).find((each) => each.pool === pool);
    if (found === undefined) throw notFound(`pool of the balancer ${balancer}`, pool);
    if (!found.isOfGroup)
      throw unsupported(
        `The pool ${pool} of the balancer ${balancer} takes members one by one: make it a group's, with its port.`,
        spec.name,
      );
    arns.push(found.arn);
  }
  return arns;
}

async function makeGroup(
  account: Account,
  spec: ScalingGroupSpec,
  settings: Settings & Pick<CreateAutoScalingGroupType, 'TargetGroupARNs' | 'VPCZoneIdentifier'>,
): Promise<void> {
  account.signal.throwIfAborted();
  const autoScaling = await account.site.clients.autoScaling();
  const facts = { [tagKey.shown]: spec.name, [tagKey.tag]: spec.tag, [tagKey.group]: spec.name };
  // The instances have theirs from the launch template.
  const Tags = tagsOf(facts).map((tag) => ({
    ...tag,
    ...groupResource(spec.name),
    PropagateAtLaunch: false,
  }));
  try {
    // To its end, also for a caller who calls it off: whoever removes it then waits for it and finds it.
    await onceVisible(account, () =>
      autoScaling.createAutoScalingGroup({ ...settings, DesiredCapacity: spec.desired ?? spec.min, Tags }),
    );
  } catch (error) {
    if (!hasAwsCode(error, /^AlreadyExists/)) throw error;
    const other = await findGroup(account, spec.name);
    const { [tagKey.tag]: tag } = factsOf(other);
    if (tag !== spec.tag) throw heldByOther('scaling group', scalingGroupName(spec.name), tag);
  }
}

export function groupResource(name: string) {
  return { ResourceId: scalingGroupName(name), ResourceType: 'auto-scaling-group' };
}

async function syncTargets(
  account: Account,
  group: AutoScalingGroup,
  wanted: readonly string[],
): Promise<void> {
  const { AutoScalingGroupName, TargetGroupARNs: present = [] } = group;
  const autoScaling = await account.site.clients.autoScaling();
  const joining = wanted.filter((arn) => !present.includes(arn));
  const leaving = present.filter((arn) => !wanted.includes(arn));
  if (joining.length > 0)
    await autoScaling.attachLoadBalancerTargetGroups(
      { AutoScalingGroupName, TargetGroupARNs: joining },
      account.on,
    );
  if (leaving.length > 0)
    await autoScaling.detachLoadBalancerTargetGroups(
      { AutoScalingGroupName, TargetGroupARNs: leaving },
      account.on,
    );
}

/** RS-01: what a person asks for is refused, not clamped. */
export function checkDesired(group: AutoScalingGroup, name: string, desired: number): void {
  const { MinSize = 0, MaxSize = 0 } = group;
  if (Number.isInteger(desired) && desired >= MinSize && desired <= MaxSize) return;
  throw invalid(`The scaling group ${name} keeps ${MinSize} to ${MaxSize} replicas, not ${desired}.`, name);
}

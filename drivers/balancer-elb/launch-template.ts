import type { LaunchTemplate, RequestLaunchTemplateData, _InstanceType } from '@aws-sdk/client-ec2';
import type { ScalingGroupSpec } from '@trencadis/availability';
import { allPages, byTag, factsOf, hasAwsCode, heldByOther, notFound, tagsOf } from '@trencadis/aws-client';
import { sha256OfJson } from '@trencadis/ids';
import { type Account, removed } from './account.ts';
import { scalingGroupName } from './aws-names.ts';
import type { NetworkRecord } from './networks.ts';
import { tagKey } from './tags.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html */
export const maxUserDataBytes = 16 * 1024;

/**
 * How a group launches, and the group's record at Amazon: the first thing made for it and the last removed, so that
 * what a creation or a removal that was cut off has left is found by it.
 */
export interface OwnTemplate {
  readonly group: string;
  readonly tag: string;
  readonly id: string;
  readonly latest: number;
}

export async function findTemplates(
  { ec2, on }: Account,
  key: string,
  value: string,
): Promise<readonly OwnTemplate[]> {
  const Filters = [byTag(key, value), { Name: 'tag-key', Values: [tagKey.group] }];
  const all = await allPages(
    ({ NextToken }) =>
      ec2.describeLaunchTemplates({ Filters, ...(NextToken === undefined ? {} : { NextToken }) }, on),
    ({ LaunchTemplates }) => LaunchTemplates,
  );
  return all.map(toOwn);
}

export async function findTemplate(account: Account, group: string): Promise<OwnTemplate | undefined> {
  const [template] = await findTemplates(account, tagKey.group, group);
  return template;
}

function toOwn(template: LaunchTemplate): OwnTemplate {
  const facts = factsOf(template);
  return {
    group: facts[tagKey.group] ?? '',
    tag: facts[tagKey.tag] ?? '',
    id: template.LaunchTemplateId ?? '',
    latest: template.LatestVersionNumber ?? 1,
  };
}

/** With a further version where the group launches otherwise than before; the newest one is what it launches now. */
export async function ensureTemplate(
  account: Account,
  spec: ScalingGroupSpec,
  networks: readonly NetworkRecord[],
): Promise<OwnTemplate> {
  const data = dataOf(spec, networks);
  const digest = sha256OfJson(data);
  const existing = await findTemplate(account, spec.name);
  if (existing === undefined) return makeTemplate(account, spec, { data, digest });
  if (existing.tag !== spec.tag) throw heldByOther('scaling group', spec.name, existing.tag);
  const { ec2, on } = account;
  const LaunchTemplateId = existing.id;
  const { LaunchTemplateVersions = [] } = await ec2.describeLaunchTemplateVersions(
    { LaunchTemplateId, Versions: [String(existing.latest)] },
    on,
  );
  const version = { VersionDescription: digest, LaunchTemplateData: data };
  const isSame = LaunchTemplateVersions[0]?.VersionDescription === digest;
  const latest = isSame
    ? existing.latest
    : ((await ec2.createLaunchTemplateVersion({ LaunchTemplateId, ...version }, on)).LaunchTemplateVersion
        ?.VersionNumber ?? existing.latest + 1);
  await ec2.modifyLaunchTemplate({ LaunchTemplateId, DefaultVersion: String(latest) }, on);
  return { ...existing, latest };
}

interface Version {
  readonly data: RequestLaunchTemplateData;
  readonly digest: string;
}

async function makeTemplate(
  account: Account,
  { name, tag }: ScalingGroupSpec,
  { data, digest }: Version,
): Promise<OwnTemplate> {
  account.signal.throwIfAborted();
  const facts = { [tagKey.shown]: name, [tagKey.tag]: tag, [tagKey.group]: name };
  try {
    // To its end, also for a caller who calls it off: whoever removes it then waits for it and finds it.
    const { LaunchTemplate: made = {} } = await account.ec2.createLaunchTemplate({
      LaunchTemplateName: scalingGroupName(name),
      VersionDescription: digest,
      LaunchTemplateData: data,
      TagSpecifications: [{ ResourceType: 'launch-template', Tags: tagsOf(facts) }],
    });
    return { group: name, tag, id: made.LaunchTemplateId ?? '', latest: 1 };
  } catch (error) {
    // The answer of an earlier attempt was lost, or another process has just made it.
    if (!hasAwsCode(error, /AlreadyExists/)) throw error;
    const other = await findTemplate(account, name);
    if (other?.tag === tag) return other;
    throw heldByOther('launch template', scalingGroupName(name), other?.tag);
  }
}

/**
 * Measured each minute (detailed monitoring); metadata only to who asks twice. The instances' tags say whose they are;
 * without `trencadis:name`, which makes an instance a VM of ours.
 */
function dataOf(spec: ScalingGroupSpec, networks: readonly NetworkRecord[]): RequestLaunchTemplateData {
  const { name, tag, launch } = spec;
  const [first] = networks;
  if (first === undefined) throw notFound('network', launch.networks[0] ?? '');
  const Tags = tagsOf({ [tagKey.shown]: name, [tagKey.tag]: tag, [tagKey.group]: name });
  return {
    ImageId: imageIdOf(launch.image),
    InstanceType: launch.instanceType as _InstanceType,
    UserData: Buffer.from(launch.userData, 'utf8').toString('base64'),
    Monitoring: { Enabled: true },
    MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled' },
    // Our subnets give no public addresses by themselves.
    NetworkInterfaces: [
      {
        DeviceIndex: 0,
        AssociatePublicIpAddress: first.isPublic,
        DeleteOnTermination: true,
        Groups: networks.map(({ groupId }) => groupId),
      },
    ],
    TagSpecifications: [
      { ResourceType: 'instance', Tags },
      { ResourceType: 'volume', Tags },
    ],
  };
}

/** `ami-...` and aliases of the parameter store as they are; of `aws://REGION/ami-...` its end. */
function imageIdOf(image: string): string {
  return image.replace(/^aws:\/\/[^/]+\//, '');
}

export async function removeTemplate(account: Account, { id }: OwnTemplate): Promise<void> {
  const { ec2, on } = account;
  await removed(() => ec2.deleteLaunchTemplate({ LaunchTemplateId: id }, on));
}

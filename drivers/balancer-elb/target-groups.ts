import type { ProtocolEnum, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { BalancerSpec, PoolSpec } from '@trencadis/availability';
import { type Facts, allPages, hasAwsCode, tagsOf } from '@trencadis/aws-client';
import { type Account, onceFree, onceVisible, removed } from './account.ts';
import { targetGroupName, targetGroupPrefix } from './aws-names.ts';
import type { Kind } from './check-spec.ts';
import { PlatformError } from '@trencadis/errors';
import { healthCheckOf } from './health-check.ts';
import { factsOfArns } from './load-balancers.ts';
import { type MemberRecord, fromTags, isRecordKey, toTags } from './member-records.ts';
import { poolAttributes } from './pool-attributes.ts';
import { tagKey } from './tags.ts';

/** A pool at Amazon: a target group, with the records of its members in tags. */
export interface OwnTargetGroup {
  readonly arn: string;
  readonly awsName: string;
  readonly pool: string;
  /** Its members are a scaling group's. */
  readonly isOfGroup: boolean;
  readonly records: readonly MemberRecord[];
  readonly facts: Facts;
  /** Where members of a group listen. */
  readonly port: number;
}

/** All target groups of the account, of which names tell whose they are; and tags of those of that balancer. */
export async function findTargetGroups(
  account: Account,
  balancer: string,
): Promise<readonly OwnTargetGroup[]> {
  const prefix = targetGroupPrefix(balancer);
  const all = await listTargetGroups(account);
  const own = all.filter(({ TargetGroupName }) => TargetGroupName?.startsWith(prefix));
  const facts = await factsOfArns(
    account,
    own.flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []),
  );
  return own.flatMap((group) => {
    const found = toOwn(group, facts.get(group.TargetGroupArn ?? '') ?? {});
    return found.facts[tagKey.balancer] === balancer ? [found] : [];
  });
}

function listTargetGroups({ elb, on }: Account): Promise<readonly TargetGroup[]> {
  return allPages(
    ({ Marker }) => elb.describeTargetGroups(Marker === undefined ? {} : { Marker }, on),
    ({ TargetGroups }) => TargetGroups,
  );
}

function toOwn(group: TargetGroup, facts: Facts): OwnTargetGroup {
  return {
    arn: group.TargetGroupArn ?? '',
    awsName: group.TargetGroupName ?? '',
    pool: facts[tagKey.pool] ?? '',
    isOfGroup: group.TargetType === 'instance',
    records: fromTags(facts),
    facts,
    port: group.Port ?? 0,
  };
}

export interface PoolPlace {
  readonly spec: BalancerSpec;
  readonly kind: Kind;
  readonly vpcId: string;
  readonly existing: readonly OwnTargetGroup[];
}

/**
 * The target group of a pool as the spec wants it. Where it needs another nature than the one that is there (protocol,
 * kind of members), another is made and takes the members; the old one goes once no listener leads to it.
 */
export async function ensureTargetGroup(
  account: Account,
  place: PoolPlace,
  pool: PoolSpec,
): Promise<OwnTargetGroup> {
  const { spec, kind, existing } = place;
  const asking = { kind, place: `The pool ${pool.name} of the balancer ${spec.name}`, subject: spec.name };
  const nature = natureOf(pool, kind);
  const awsName = targetGroupName(spec.name, pool.name, JSON.stringify(nature));
  const found = existing.find((each) => each.awsName === awsName);
  const group = found ?? (await makeTargetGroup(account, place, { pool, awsName, nature, asking }));
  const TargetGroupArn = group.arn;
  const { elb, on } = account;
  if (found !== undefined)
    await elb.modifyTargetGroup({ TargetGroupArn, ...healthCheckOf(pool, asking) }, on);
  const Attributes = [...poolAttributes(pool, asking)];
  await onceVisible(account, () => elb.modifyTargetGroupAttributes({ TargetGroupArn, Attributes }, on));
  const former = existing.find((each) => each.pool === pool.name && each.awsName !== awsName);
  if (former === undefined || group.isOfGroup || former.isOfGroup) return group;
  return moveMembers(account, former, group);
}

interface Nature {
  readonly Protocol: ProtocolEnum;
  readonly TargetType: 'ip' | 'instance';
  /** Of a group: that of all its members; of others each has its own. */
  readonly Port: number;
}

/** What cannot be changed at a target group. Addresses, as replicas are known by; but Amazon's groups join instances. */
function natureOf({ protocol, group }: PoolSpec, kind: Kind): Nature {
  const spoken = protocol === 'https' ? 'HTTPS' : 'HTTP';
  return {
    Protocol: kind === 'network' ? 'TCP' : spoken,
    TargetType: group === undefined ? 'ip' : 'instance',
    Port: group?.port ?? 80,
  };
}

interface NewGroup {
  readonly pool: PoolSpec;
  readonly awsName: string;
  readonly nature: Nature;
  readonly asking: Parameters<typeof healthCheckOf>[1];
}

async function makeTargetGroup(
  account: Account,
  { spec, vpcId }: PoolPlace,
  { pool, awsName, nature, asking }: NewGroup,
): Promise<OwnTargetGroup> {
  account.signal.throwIfAborted();
  const facts = {
    [tagKey.shown]: `${spec.name} ${pool.name}`,
    [tagKey.tag]: spec.tag,
    [tagKey.balancer]: spec.name,
    [tagKey.pool]: pool.name,
  };
  try {
    // To its end, also for a caller who calls it off: whoever removes the balancer then waits for it and finds it.
    const { TargetGroups = [] } = await account.elb.createTargetGroup({
      Name: awsName,
      VpcId: vpcId,
      ...nature,
      ...healthCheckOf(pool, asking),
      Tags: tagsOf(facts),
    });
    return toOwn(TargetGroups[0] ?? {}, facts);
  } catch (error) {
    // The answer of an earlier attempt was lost, or another process has just made it.
    if (!hasAwsCode(error, /^DuplicateTargetGroupName/)) throw error;
    const made = (await findTargetGroups(account, spec.name)).find((each) => each.awsName === awsName);
    if (made === undefined) throw error;
    return made;
  }
}

async function moveMembers(
  account: Account,
  former: OwnTargetGroup,
  group: OwnTargetGroup,
): Promise<OwnTargetGroup> {
  const missing = former.records.filter(({ name }) => !group.records.some((each) => each.name === name));
  if (missing.length === 0) return group;
  const moved = await keepRecords(account, group, [...group.records, ...missing]);
  const Targets = missing
    .filter(({ isDraining }) => !isDraining)
    .map(({ address, port }) => ({ Id: address, Port: port }));
  if (Targets.length > 0)
    await account.elb.registerTargets({ TargetGroupArn: group.arn, Targets }, account.on);
  return moved;
}

/** Writes what is to be known of the members; what is written is told by the answer. */
export async function keepRecords(
  account: Account,
  group: OwnTargetGroup,
  records: readonly MemberRecord[],
): Promise<OwnTargetGroup> {
  const wanted = toTags(records);
  if (wanted === undefined)
    throw new PlatformError(
      'quota-exceeded',
      `The pool ${group.pool} has ${records.length} members: more than fit in the tags of one target group. Use two pools.`,
      { subject: group.pool },
    );
  const { elb, on } = account;
  const ResourceArns = [group.arn];
  const surplus = Object.keys(group.facts).filter((key) => isRecordKey(key) && wanted[key] === undefined);
  const changed = Object.fromEntries(
    Object.entries(wanted).filter(([key, value]) => group.facts[key] !== value),
  );
  if (Object.keys(changed).length > 0) await elb.addTags({ ResourceArns, Tags: tagsOf(changed) }, on);
  if (surplus.length > 0) await elb.removeTags({ ResourceArns, TagKeys: surplus }, on);
  const others = Object.entries(group.facts).filter(([key]) => !isRecordKey(key));
  return { ...group, records, facts: { ...Object.fromEntries(others), ...wanted } };
}

/** A listener that has just left holds its target groups a while. */
export async function removeTargetGroup(account: Account, { arn }: OwnTargetGroup): Promise<void> {
  await removed(() =>
    onceFree(account, () => account.elb.deleteTargetGroup({ TargetGroupArn: arn }, account.on)),
  );
}

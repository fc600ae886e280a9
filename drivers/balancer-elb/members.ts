import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { MemberPlace, MemberSpec } from '@trencadis/availability';
import { hasAwsCode, notFound, unsupported } from '@trencadis/aws-client';
import type { Account } from './account.ts';
import { checkMember } from './check-spec.ts';
import { findLoadBalancer } from './load-balancers.ts';
import type { MemberRecord } from './member-records.ts';
import { type OwnTargetGroup, findTargetGroups, keepRecords } from './target-groups.ts';

/** The record is written before the member is joined, and forgotten after it has left: nobody is in a pool unknown. */
export async function addMember(account: Account, balancer: string, member: MemberSpec): Promise<void> {
  checkMember(balancer, member);
  if ((await findLoadBalancer(account, balancer)) === undefined) throw notFound('balancer', balancer);
  const group = await findPool(account, balancer, member.pool);
  if (group === undefined) throw notFound(`pool of the balancer ${balancer}`, member.pool);
  if (group.isOfGroup)
    throw unsupported(
      `The members of the pool ${member.pool} are those of a scaling group, which joins them itself: change its size.`,
      balancer,
    );
  const { name, address, port } = member;
  const old = group.records.find((each) => each.name === name);
  const isMoved = old !== undefined && (old.address !== address || old.port !== port);
  if (isMoved) await leave(account, group, old);
  const others = group.records.filter((each) => each.name !== name);
  if (old === undefined || isMoved || old.isDraining)
    await keepRecords(account, group, [...others, { name, address, port, isDraining: false }]);
  const Targets = [{ Id: address, Port: port }];
  await account.elb.registerTargets({ TargetGroupArn: group.arn, Targets }, account.on);
}

export async function drainMember(account: Account, place: MemberPlace): Promise<void> {
  const group = await findPool(account, place.balancer, place.pool);
  const record = group?.records.find(({ name }) => name === place.name);
  if (group === undefined || record === undefined) return;
  if (!record.isDraining) {
    const records = group.records.map((each) => (each === record ? { ...each, isDraining: true } : each));
    await keepRecords(account, group, records);
  }
  await leave(account, group, record);
}

export async function removeMember(account: Account, place: MemberPlace): Promise<void> {
  const group = await findPool(account, place.balancer, place.pool);
  const record = group?.records.find(({ name }) => name === place.name);
  if (group === undefined || record === undefined) return;
  await leave(account, group, record);
  const others = group.records.filter((each) => each !== record);
  await keepRecords(account, group, others);
}

async function findPool(
  account: Account,
  balancer: string,
  pool: string,
): Promise<OwnTargetGroup | undefined> {
  const groups = await findTargetGroups(account, balancer);
  return groups.find((each) => each.pool === pool);
}

/** Amazon lets go on what it has for as long as the pool drains; nothing new comes. */
async function leave(account: Account, group: OwnTargetGroup, record: MemberRecord): Promise<void> {
  const isShared = group.records.some(
    (each) => each !== record && each.address === record.address && each.port === record.port,
  );
  if (isShared) return;
  const targets = await healthOf(account, group);
  if (!targets.some((each) => isTarget(each, record) && each.TargetHealth?.State !== 'draining')) return;
  const Targets = [{ Id: record.address, Port: record.port }];
  try {
    await account.elb.deregisterTargets({ TargetGroupArn: group.arn, Targets }, account.on);
  } catch (error) {
    // It has left: the answer of an earlier attempt was lost, or its instance ended.
    if (!hasAwsCode(error, /NotFound|^InvalidTarget/)) throw error;
  }
}

export function isTarget({ Target }: TargetHealthDescription, { address, port }: MemberRecord): boolean {
  return Target?.Id === address && Target.Port === port;
}

/** Of all that are joined or drain; of one that is removed meanwhile: none. */
export async function healthOf(
  { elb, on }: Account,
  { arn }: OwnTargetGroup,
): Promise<readonly TargetHealthDescription[]> {
  try {
    const { TargetHealthDescriptions = [] } = await elb.describeTargetHealth({ TargetGroupArn: arn }, on);
    return TargetHealthDescriptions;
  } catch (error) {
    if (hasAwsCode(error, /NotFound/)) return [];
    throw error;
  }
}

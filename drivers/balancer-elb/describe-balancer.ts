import type { Instance } from '@aws-sdk/client-ec2';
import type { Listener, LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Balancer, FrontendSpec, MemberStatus } from '@trencadis/availability';
import { allPages, hasAwsCode } from '@trencadis/aws-client';
import { type Tag, brandId } from '@trencadis/ids';
import type { Account } from './account.ts';
import { listenersOf } from './listeners.ts';
import { type OwnLoadBalancer, factsOfArns, findLoadBalancer, ownLoadBalancers } from './load-balancers.ts';
import { statusOf, statusOfRecord } from './member-status.ts';
import { healthOf, isTarget } from './members.ts';
import { type BalancerRecord, findRecord, findRecords } from './security-groups.ts';
import { tagKey } from './tags.ts';
import { type OwnTargetGroup, findTargetGroups } from './target-groups.ts';

export async function describeBalancer(account: Account, name: string): Promise<Balancer | undefined> {
  const found = await findLoadBalancer(account, name);
  if (found !== undefined) return toBalancer(account, found);
  const record = await findRecord(account, name);
  return record === undefined ? undefined : halfMade(record);
}

export async function listBalancers(account: Account, tag: Tag): Promise<readonly Balancer[]> {
  const records = await findRecords(account, tagKey.tag, tag);
  const found = (await ownLoadBalancers(account)).filter((each) => each.tag === tag);
  const balancers: Balancer[] = [];
  for (const each of found) balancers.push(await toBalancer(account, each));
  const known = new Set(found.map(({ name }) => name));
  return [...balancers, ...records.filter(({ name }) => !known.has(name)).map(halfMade)];
}

/** What a creation or a removal that was cut off has left. */
function halfMade({ name, tag }: BalancerRecord): Balancer {
  return {
    name,
    tag: brandId('Tag', tag),
    addresses: [],
    status: 'creating',
    frontends: [],
    pools: [],
    members: [],
  };
}

async function toBalancer(account: Account, own: OwnLoadBalancer): Promise<Balancer> {
  const { name, tag, arn, raw } = own;
  const groups = await findTargetGroups(account, name);
  const members: MemberStatus[] = [];
  for (const group of groups) members.push(...(await membersOf(account, group)));
  return {
    name,
    tag: brandId('Tag', tag),
    addresses: raw.DNSName === undefined ? [] : [raw.DNSName],
    ...conditionOf(raw),
    frontends: await frontendsOf(account, arn),
    // Two have one name only while one takes over from the other.
    pools: [...new Set(groups.map(({ pool }) => pool))],
    members,
  };
}

function conditionOf({ State }: LoadBalancer): Pick<Balancer, 'status' | 'failure'> {
  if (State?.Code === 'failed')
    return { status: 'failed', failure: State.Reason ?? 'Amazon does not tell why' };
  return { status: State?.Code === 'provisioning' ? 'creating' : 'active' };
}

const protocols: Readonly<Record<string, FrontendSpec['protocol']>> = {
  HTTP: 'http',
  HTTPS: 'https',
  TCP: 'tcp',
};

async function frontendsOf(account: Account, arn: string): Promise<Balancer['frontends']> {
  const listeners = await listenersUnlessGone(account, arn);
  const facts = await factsOfArns(
    account,
    listeners.flatMap(({ ListenerArn }) => ListenerArn ?? []),
  );
  return listeners.map(({ ListenerArn = '', Port: port = 0, Protocol = '' }) => ({
    name: facts.get(ListenerArn)?.[tagKey.frontend] ?? String(port),
    port,
    protocol: protocols[Protocol] ?? 'tcp',
  }));
}

async function listenersUnlessGone(account: Account, arn: string): Promise<readonly Listener[]> {
  try {
    return await listenersOf(account, arn);
  } catch (error) {
    if (hasAwsCode(error, /NotFound/)) return [];
    throw error;
  }
}

async function membersOf(account: Account, group: OwnTargetGroup): Promise<readonly MemberStatus[]> {
  const targets = await healthOf(account, group);
  if (!group.isOfGroup) {
    return group.records.map((record) =>
      statusOfRecord(
        group.pool,
        record,
        targets.find((each) => isTarget(each, record)),
      ),
    );
  }
  const ids = targets.flatMap(({ Target }) => Target?.Id ?? []);
  const addresses = await addressesOf(account, ids);
  return targets.map(({ Target, TargetHealth }) => {
    const { Id: id = '', Port: port = group.port } = Target ?? {};
    const name = brandId('VmName', id);
    return statusOf({ name, pool: group.pool, address: addresses.get(id) ?? '', port }, TargetHealth);
  });
}

async function addressesOf(
  { ec2, on }: Account,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  // By a filter: a call about ids fails for all where one is gone.
  const Filters = [{ Name: 'instance-id', Values: [...ids] }];
  const instances: readonly Instance[] = await allPages(
    ({ NextToken }) =>
      ec2.describeInstances({ Filters, ...(NextToken === undefined ? {} : { NextToken }) }, on),
    ({ Reservations }) => Reservations?.flatMap(({ Instances = [] }) => Instances),
  );
  return new Map(
    instances.map(({ InstanceId = '', PrivateIpAddress = '' }) => [InstanceId, PrivateIpAddress]),
  );
}

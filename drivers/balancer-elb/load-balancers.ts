import type { LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { BalancerSpec } from '@trencadis/availability';
import {
  type Facts,
  allPages,
  factsOf,
  hasAwsCode,
  heldByOther,
  tagsOf,
  unsupported,
  until,
} from '@trencadis/aws-client';
import { type Account, onceVisible } from './account.ts';
import { loadBalancerName } from './aws-names.ts';
import type { Kind } from './check-spec.ts';
import type { Places } from './places.ts';
import { tagKey } from './tags.ts';

export interface OwnLoadBalancer {
  readonly name: string;
  readonly tag: string;
  readonly arn: string;
  readonly raw: LoadBalancer;
}

/** Of one call. */
const mostArns = 20;
const activeWithinMs = 900_000;

/** Tags of load balancers, target groups and listeners, by ARN. What is gone meanwhile has none. */
export async function factsOfArns(
  { elb, on }: Account,
  arns: readonly string[],
): Promise<ReadonlyMap<string, Facts>> {
  const facts = new Map<string, Facts>();
  for (let start = 0; start < arns.length; start += mostArns) {
    const ResourceArns = arns.slice(start, start + mostArns);
    const { TagDescriptions = [] } = await elb.describeTags({ ResourceArns }, on);
    for (const each of TagDescriptions) facts.set(each.ResourceArn ?? '', factsOf(each));
  }
  return facts;
}

export async function findLoadBalancer(
  account: Account,
  balancer: string,
): Promise<OwnLoadBalancer | undefined> {
  const { elb, on } = account;
  try {
    const { LoadBalancers = [] } = await elb.describeLoadBalancers(
      { Names: [loadBalancerName(balancer)] },
      on,
    );
    const [own] = await toOwn(account, LoadBalancers);
    return own?.name === balancer ? own : undefined;
  } catch (error) {
    if (hasAwsCode(error, /NotFound/)) return undefined;
    throw error;
  }
}

/** All of the account that are ours, in a few calls. */
export async function ownLoadBalancers(account: Account): Promise<readonly OwnLoadBalancer[]> {
  const { elb, on } = account;
  const all = await allPages(
    ({ Marker }) => elb.describeLoadBalancers(Marker === undefined ? {} : { Marker }, on),
    ({ LoadBalancers }) => LoadBalancers,
  );
  return toOwn(account, all);
}

async function toOwn(account: Account, all: readonly LoadBalancer[]): Promise<readonly OwnLoadBalancer[]> {
  const facts = await factsOfArns(
    account,
    all.flatMap(({ LoadBalancerArn }) => LoadBalancerArn ?? []),
  );
  return all.flatMap((raw) => {
    const arn = raw.LoadBalancerArn ?? '';
    const { [tagKey.balancer]: name, [tagKey.tag]: tag } = facts.get(arn) ?? {};
    return name === undefined || tag === undefined ? [] : [{ name, tag, arn, raw }];
  });
}

export interface Standing {
  readonly kind: Kind;
  readonly places: Places;
  readonly groupIds: readonly string[];
}

export async function ensureLoadBalancer(
  account: Account,
  spec: BalancerSpec,
  standing: Standing,
): Promise<OwnLoadBalancer> {
  const existing = await findLoadBalancer(account, spec.name);
  if (existing === undefined) return makeLoadBalancer(account, spec, standing);
  if (existing.tag !== spec.tag) throw heldByOther('balancer', spec.name, existing.tag);
  const { Type, Scheme, SecurityGroups = [] } = existing.raw;
  if (Type !== standing.kind || Scheme !== standing.places.scheme)
    throw unsupported(
      `The balancer ${spec.name} is ${Type} and ${Scheme}, and ${standing.kind} and ${standing.places.scheme} is asked for: replace it to change that.`,
      spec.name,
    );
  const wanted = new Set(standing.groupIds);
  if (SecurityGroups.length !== wanted.size || SecurityGroups.some((id) => !wanted.has(id)))
    await account.elb.setSecurityGroups(
      { LoadBalancerArn: existing.arn, SecurityGroups: [...wanted] },
      account.on,
    );
  return existing;
}

/** To its end, also for a caller who calls it off: whoever removes it then waits for it and finds it. */
async function makeLoadBalancer(
  account: Account,
  spec: BalancerSpec,
  { kind, places, groupIds }: Standing,
): Promise<OwnLoadBalancer> {
  const { name, tag } = spec;
  account.signal.throwIfAborted();
  const facts = { [tagKey.shown]: name, [tagKey.tag]: tag, [tagKey.balancer]: name };
  const { LoadBalancers = [] } = await onceVisible(account, () =>
    account.elb.createLoadBalancer({
      Name: loadBalancerName(name),
      Type: kind,
      Scheme: places.scheme,
      Subnets: [...places.subnetIds],
      SecurityGroups: [...groupIds],
      Tags: tagsOf(facts),
    }),
  );
  const [raw = {}] = LoadBalancers;
  return { name, tag, arn: raw.LoadBalancerArn ?? '', raw };
}

/** Amazon takes some minutes. */
export async function untilSettled(account: Account, balancer: string): Promise<void> {
  const awaited = { what: `the balancer ${balancer} is active`, subject: balancer };
  await until(account, { ...awaited, deadlineMs: activeWithinMs }, async () => {
    const found = await findLoadBalancer(account, balancer);
    return found?.raw.State?.Code === 'provisioning' ? undefined : true;
  });
}

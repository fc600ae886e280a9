import type { EC2 } from '@aws-sdk/client-ec2';
import type { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  type AwsCall,
  type AwsChange,
  type AwsOptions,
  type AwsSite,
  awsOperations,
  awsSite,
  except,
  patiently,
} from '@trencadis/aws-client';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { amazon } from './errors.ts';

export interface Site extends AwsSite {
  readonly clients: AwsClients;
}

/** The account at Amazon as one call of the driver works on it. */
export interface Account extends AwsCall<Site> {
  readonly ec2: EC2;
  readonly elb: ElasticLoadBalancingV2;
}

export function siteOf(options: AwsOptions): Site {
  return { ...awsSite(amazon, options), clients: awsClients(options.credentials, options.endpoint) };
}

export type Change<Result> = AwsChange<Account, Result>;

export const { changing, withAccount } = awsOperations<Site, Account>(async (call) => {
  const { clients } = call.site;
  const [ec2, elb] = await Promise.all([clients.ec2(), clients.elb()]);
  return { ...call, ec2, elb };
});

const visibleWithinMs = 30_000;
/** A load balancer that was deleted keeps its interfaces, and what they use, for some minutes. */
const freeWithinMs = 600_000;

/** What one call has made may be unknown to the next for some seconds. */
export function onceVisible<Result>(account: Account, work: () => Promise<Result>): Promise<Result> {
  return patiently(account, { isPassing: /NotFound/, withinMs: visibleWithinMs }, work);
}

/** What a load balancer, a listener or an instance that was deleted had in use is held a while longer. */
export function onceFree<Result>(account: Account, work: () => Promise<Result>): Promise<Result> {
  return patiently(account, { isPassing: /^DependencyViolation$|InUse/, withinMs: freeWithinMs }, work);
}

/** What is gone already is removed well. */
export function removed(work: () => Promise<unknown>): Promise<void> {
  return except(/NotFound/, work);
}

/** What is so already is done well: the answer of an earlier attempt was lost, or another process was quicker. */
export function done(work: () => Promise<unknown>): Promise<void> {
  return except(/Duplicate|AlreadyAssociated|^PriorityInUse/, work);
}

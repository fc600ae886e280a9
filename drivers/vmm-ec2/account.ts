import type { EC2 } from '@aws-sdk/client-ec2';
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
import { KeyedMutex } from '@trencadis/mutex';
import { type AwsClients, awsClients } from './aws-clients.ts';
import type { Ec2Credentials } from './credentials.ts';
import { amazonEc2 } from './errors.ts';

export interface Site extends AwsSite {
  readonly clients: AwsClients;
  readonly credentials: Ec2Credentials;
  /** Orders what makes or removes subnets in this process. */
  readonly subnetMutex: KeyedMutex;
  readonly cache: SiteCache;
  /** Instance types that were asked for, by name: Amazon never changes one. */
  readonly sizes: Map<string, TypeSize>;
}

export interface TypeSize {
  readonly cpuCount: number;
  readonly memoryMiB: number;
}

/** What Amazon says once and for long, by question. */
export type SiteCache = Map<string, { readonly untilMs: number; readonly answer: Promise<unknown> }>;

/** The account at Amazon as one call of the driver works on it. */
export interface Account extends AwsCall<Site> {
  readonly ec2: EC2;
}

export function siteOf(options: AwsOptions<Ec2Credentials>): Site {
  const { credentials, endpoint } = options;
  return {
    ...awsSite(amazonEc2, options),
    clients: awsClients(credentials, endpoint),
    credentials,
    subnetMutex: new KeyedMutex(),
    cache: new Map(),
    sizes: new Map(),
  };
}

export type Change<Result> = AwsChange<Account, Result>;

export const { changing, withAccount } = awsOperations<Site, Account>(async (call) => ({
  ...call,
  ec2: await call.site.clients.ec2(),
}));

/** Asks once in `forMs`; a failure is not remembered. */
export function remembered<Answer>(
  { cache, clock }: Site,
  question: { readonly key: string; readonly forMs: number },
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const now = clock.now().getTime();
  const known = cache.get(question.key);
  // Keys name their question, and with it the type of the answer.
  if (known !== undefined && known.untilMs > now) return known.answer as Promise<Answer>;
  const answer = ask();
  cache.set(question.key, { untilMs: now + question.forMs, answer });
  answer.catch(() => cache.delete(question.key));
  return answer;
}

const refusalRememberedMs = 600_000;

/**
 * As {@link remembered}, for what is told where the account may know it and no VM needs: where the service refuses or
 * does not answer, it is `unknown`, and is not asked again for some minutes.
 */
export function rememberedIfTold<Answer>(
  site: Site,
  question: { readonly key: string; readonly forMs: number; readonly unknown: Answer },
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const attempt = { key: `attempt at ${question.key}`, forMs: Math.min(question.forMs, refusalRememberedMs) };
  return remembered(site, attempt, async () => {
    try {
      return await remembered(site, question, ask);
    } catch {
      // Whatever it is: its absence from the answer says it.
      return question.unknown;
    }
  });
}

const visibleWithinMs = 30_000;
const freeWithinMs = 120_000;
const isNotVisible = /\.NotFound$|^InvalidVpcID|^NoSuchEntity$/;

/** What one call has made may be unknown to the next for some seconds. */
export function onceVisible<Result>(account: Account, work: () => Promise<Result>): Promise<Result> {
  return patiently(account, { isPassing: isNotVisible, withinMs: visibleWithinMs }, work);
}

/** Interfaces of a VM that is gone hold their subnet and group for some seconds more. */
export function onceFree<Result>(account: Account, work: () => Promise<Result>): Promise<Result> {
  return patiently(
    account,
    { isPassing: /^(DependencyViolation|InUse)$|\.InUse$/, withinMs: freeWithinMs },
    work,
  );
}

/** Said by us and waited for like Amazon's own: what has just been made is in no listing yet. */
export class NotYetVisible extends Error {
  override readonly name = 'Listing.NotFound';
  readonly $fault = 'client';
  readonly $metadata = {};
  constructor(id: string) {
    super(`${id} was made and is not in the listings`);
  }
}

const isGone = /\.NotFound$|^InvalidVpcID|^NoSuchEntity$|^Gateway\.NotAttached$|^InvalidAMIID\.Unavailable$/;
const isDone = /^(Resource\.AlreadyAssociated|RouteAlreadyExists|InvalidPermission\.Duplicate)$/;

/** What is gone already is removed well. */
export function removed(work: () => Promise<unknown>): Promise<void> {
  return except(isGone, work);
}

/** What is so already is done well: the answer of an earlier attempt was lost, or another process was quicker. */
export function done(work: () => Promise<unknown>): Promise<void> {
  return except(isDone, work);
}

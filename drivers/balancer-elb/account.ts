import type { EC2 } from '@aws-sdk/client-ec2';
import type { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Clock, pollUntil, systemClock } from '@trencadis/clock';
import { KeyedMutex } from '@trencadis/mutex';
import type { AmazonOptions } from './account-settings.ts';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { hasAwsCode, tooSlow, translated } from './errors.ts';

/** What all operations of one driver share. */
export interface Site {
  readonly clients: AwsClients;
  readonly clock: Clock;
  readonly pollEveryMs: number;
  /** Orders the calls of this process about one name; between processes the tags at Amazon decide. */
  readonly mutex: KeyedMutex;
}

/** The account at Amazon as one call of the driver works on it, under its caller's signal. */
export interface Account {
  readonly site: Site;
  readonly ec2: EC2;
  readonly elb: ElasticLoadBalancingV2;
  readonly signal: AbortSignal;
  /** The second argument of every call of the SDK. */
  readonly on: { readonly abortSignal: AbortSignal };
}

const defaultPollMs = 2_000;

export function siteOf(options: AmazonOptions): Site {
  const { credentials, endpoint, clock = systemClock, pollEveryMs = defaultPollMs } = options;
  return { clients: awsClients(credentials, endpoint), clock, pollEveryMs, mutex: new KeyedMutex() };
}

/** Runs one operation of the driver: failures get their code, an aborted caller is let go at once. */
export function withAccount<Result>(
  site: Site,
  signal: AbortSignal,
  work: (account: Account) => Promise<Result>,
): Promise<Result> {
  return translated(signal, async () => {
    const [ec2, elb] = await Promise.all([site.clients.ec2(), site.clients.elb()]);
    signal.throwIfAborted();
    return untilAborted(signal, () => work({ site, ec2, elb, signal, on: { abortSignal: signal } }));
  });
}

export interface Change<Result> {
  readonly signal: AbortSignal;
  readonly work: (account: Account) => Promise<Result>;
}

/** As {@link withAccount}, after what was asked about the same key before. */
export function changing<Result>(site: Site, key: string, { signal, work }: Change<Result>): Promise<Result> {
  return withAccount(site, signal, (account) =>
    site.mutex.run(key, () => {
      signal.throwIfAborted();
      return work(account);
    }),
  );
}

/** The SDK does not wake from its waits between attempts; what it starts after an abort fails before it is sent. */
async function untilAborted<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  const settled = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { signal: settled.signal });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    settled.abort();
  }
}

export interface Awaited {
  /** What is waited for, for the user: `the balancer x is active`. */
  readonly what: string;
  readonly subject: string;
  readonly deadlineMs: number;
}

/** Asks until there is an answer; after the deadline: `unavailable`. */
export async function until<Found>(
  { site, signal }: Account,
  { what, subject, deadlineMs }: Awaited,
  probe: () => Promise<Found | undefined>,
): Promise<Found> {
  const { clock, pollEveryMs } = site;
  const found = await pollUntil(probe, { clock, everyMs: pollEveryMs, deadlineMs, signal });
  if (found === undefined) throw tooSlow(what, subject);
  return found;
}

const visibleWithinMs = 30_000;
/** A load balancer that was deleted keeps its interfaces, and what they use, for some minutes. */
const freeWithinMs = 600_000;

/** Amazon's data is eventually consistent: what one call has made may be unknown to the next for some seconds. */
export function onceVisible<Result>(account: Account, work: () => Promise<Result>): Promise<Result> {
  return patiently(account, { isPassing: /NotFound/, withinMs: visibleWithinMs }, work);
}

/** What a load balancer, a listener or an instance that was deleted had in use is held a while longer. */
export function onceFree<Result>(account: Account, work: () => Promise<Result>): Promise<Result> {
  return patiently(account, { isPassing: /^DependencyViolation$|InUse/, withinMs: freeWithinMs }, work);
}

interface Patience {
  /** Codes of Amazon's that are expected to pass. */
  readonly isPassing: RegExp;
  readonly withinMs: number;
}

async function patiently<Result>(
  { site, signal }: Account,
  { isPassing, withinMs }: Patience,
  work: () => Promise<Result>,
): Promise<Result> {
  const { clock, pollEveryMs } = site;
  const endMs = clock.now().getTime() + withinMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!hasAwsCode(error, isPassing) || clock.now().getTime() + pollEveryMs > endMs) throw error;
      await clock.sleep(pollEveryMs, signal);
    }
  }
}

type Mark = 'NextToken' | 'Marker';

/** All items of a listing that comes in pages; services call the next page `NextToken` or `NextMarker`. */
export async function allPages<
  Page extends { readonly NextToken?: string | undefined; readonly NextMarker?: string | undefined },
  Item,
>(
  ask: (from: Readonly<Partial<Record<Mark, string>>>) => Promise<Page>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const items: Item[] = [];
  let from: Readonly<Partial<Record<Mark, string>>> = {};
  for (;;) {
    const page = await ask(from);
    items.push(...(itemsOf(page) ?? []));
    if (page.NextToken) from = { NextToken: page.NextToken };
    else if (page.NextMarker) from = { Marker: page.NextMarker };
    else return items;
  }
}

/** What is gone already is removed well. */
export function removed(work: () => Promise<unknown>): Promise<void> {
  return except(/NotFound/, work);
}

/** What is so already is done well: the answer of an earlier attempt was lost, or another process was quicker. */
export function done(work: () => Promise<unknown>): Promise<void> {
  return except(/Duplicate|AlreadyAssociated|^PriorityInUse/, work);
}

async function except(isWell: RegExp, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!hasAwsCode(error, isWell)) throw error;
  }
}

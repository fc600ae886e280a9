import type { EC2 } from '@aws-sdk/client-ec2';
import { type Clock, pollUntil } from '@trencadis/clock';
import type { AwsClients } from './aws-clients.ts';
import type { Ec2Credentials } from './credentials.ts';
import { hasAwsCode, tooSlow, translated } from './errors.ts';
import type { KeyedMutex } from '@trencadis/mutex';

/** What all operations of one driver share. */
export interface Site {
  readonly clients: AwsClients;
  readonly credentials: Ec2Credentials;
  readonly clock: Clock;
  /** How often Amazon is asked whether it has done what it has promised. */
  readonly pollEveryMs: number;
  /** Orders the calls of this process about one name or tag; between processes the tags at Amazon decide. */
  readonly mutex: KeyedMutex;
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

/** The account at Amazon as one call of the driver works on it, under its caller's signal. */
export interface Account {
  readonly site: Site;
  readonly ec2: EC2;
  readonly signal: AbortSignal;
  /** The second argument of every call of the SDK. */
  readonly on: { readonly abortSignal: AbortSignal };
}

/** Runs one operation of the driver: failures get their code, an aborted caller is let go at once. */
export function withAccount<Result>(
  site: Site,
  signal: AbortSignal,
  work: (account: Account) => Promise<Result>,
): Promise<Result> {
  return translated(signal, async () => {
    const ec2 = await site.clients.ec2();
    signal.throwIfAborted();
    return untilAborted(signal, () => work({ site, ec2, signal, on: { abortSignal: signal } }));
  });
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
  /** What is waited for, for the user: `the VM x is running`. */
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

/**
 * Amazon's data is eventually consistent: what one call has made may be unknown to the next for some seconds.
 * https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
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

/** Said by us and waited for like Amazon's own: what has just been made is in no listing yet. */
export class NotYetVisible extends Error {
  override readonly name = 'Listing.NotFound';
  readonly $fault = 'client';
  readonly $metadata = {};
  constructor(id: string) {
    super(`${id} was made and is not in the listings`);
  }
}

/** All items of a listing that comes in pages. */
export async function allPages<Page extends { readonly NextToken?: string | undefined }, Item>(
  ask: (from: { readonly NextToken?: string }) => Promise<Page>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const items: Item[] = [];
  let from: { readonly NextToken?: string } = {};
  for (;;) {
    const page = await ask(from);
    items.push(...(itemsOf(page) ?? []));
    if (page.NextToken === undefined || page.NextToken === '') return items;
    from = { NextToken: page.NextToken };
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

async function except(isWell: RegExp, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!hasAwsCode(error, isWell)) throw error;
  }
}

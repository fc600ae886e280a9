import { type Clock, systemClock } from '@trencadis/clock';
import { type Exclusive, createExclusive } from '@trencadis/mutex';
import type { AwsAccount } from './client-factory.ts';
import { translated } from './errors.ts';
import type { AwsService } from './meanings.ts';

export interface AwsOptions<Account extends AwsAccount = AwsAccount> {
  readonly credentials: Account;
  /** Base URL of a service that answers as Amazon's do; absent or empty: Amazon's own of the region. */
  readonly endpoint?: string;
  readonly clock?: Clock;
  /** How often it is asked whether what was promised is done. Default 2 s. */
  readonly pollEveryMs?: number;
}

/** What all operations of one driver share. */
export interface AwsSite {
  readonly service: AwsService;
  readonly clock: Clock;
  /** How often Amazon is asked whether it has done what it has promised. */
  readonly pollEveryMs: number;
  /** Every operation goes through here. Keys order those of this process; between processes the tags at Amazon decide. */
  readonly exclusive: Exclusive;
}

/** One call of a driver, under its caller's signal. */
export interface AwsCall<Site extends AwsSite = AwsSite> {
  readonly site: Site;
  readonly signal: AbortSignal;
  /** The second argument of every call of the SDK. */
  readonly on: { readonly abortSignal: AbortSignal };
}

const defaultPollMs = 2_000;

/**
 * The SDK does not wake from its waits between attempts, so callers that abort are let go by `exclusive`; what the SDK
 * starts after an abort fails before it is sent.
 */
export function awsSite(
  service: AwsService,
  { clock = systemClock, pollEveryMs = defaultPollMs }: AwsOptions,
): AwsSite {
  const exclusive = createExclusive((signal, work) => translated(service, signal, work));
  return { service, clock, pollEveryMs, exclusive };
}

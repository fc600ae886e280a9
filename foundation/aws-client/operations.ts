import type { AwsCall, AwsSite } from './site.ts';

export interface AwsChange<Account, Result> {
  readonly signal: AbortSignal;
  readonly work: (account: Account) => Promise<Result>;
}

export interface AwsOperations<Site, Account> {
  /** Runs an operation of the driver at once. */
  readonly withAccount: <Result>(
    site: Site,
    signal: AbortSignal,
    work: (account: Account) => Promise<Result>,
  ) => Promise<Result>;
  /** Runs it after what was asked about the same key before. */
  readonly changing: <Result>(site: Site, key: string, change: AwsChange<Account, Result>) => Promise<Result>;
}

/** How a driver's operations are run; `open` adds to a call the clients that all of them need. */
export function awsOperations<Site extends AwsSite, Account extends AwsCall<Site>>(
  open: (call: AwsCall<Site>) => Promise<Account>,
): AwsOperations<Site, Account> {
  const run = <Result>(site: Site, key: string | undefined, { signal, work }: AwsChange<Account, Result>) =>
    site.exclusive(key, signal, async () => {
      const account = await open({ site, signal, on: { abortSignal: signal } });
      signal.throwIfAborted();
      return work(account);
    });
  return { withAccount: (site, signal, work) => run(site, undefined, { signal, work }), changing: run };
}

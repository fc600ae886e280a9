import { pollUntil } from '@trencadis/clock';
import { tooSlow } from './refusals.ts';
import type { AwsCall } from './site.ts';

interface Awaited {
  /** What is waited for, for the user: `the VM x is running`. */
  readonly what: string;
  readonly subject: string;
  readonly deadlineMs: number;
}

/** Asks until there is an answer; after the deadline: `unavailable`. */
export async function until<Found>(
  { site, signal }: AwsCall,
  { what, subject, deadlineMs }: Awaited,
  probe: () => Promise<Found | undefined>,
): Promise<Found> {
  const { clock, pollEveryMs, service } = site;
  const found = await pollUntil(probe, { clock, everyMs: pollEveryMs, deadlineMs, signal });
  if (found === undefined) throw tooSlow(service, what, subject);
  return found;
}

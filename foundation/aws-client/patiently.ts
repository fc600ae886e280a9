import { hasAwsCode } from './errors.ts';
import type { AwsCall } from './site.ts';

interface Patience {
  /** Codes of Amazon's that are expected to pass. */
  readonly isPassing: RegExp;
  readonly withinMs: number;
}

/**
 * Tries again for as long as it fails with what is expected to pass. Amazon's data is eventually consistent, and what is
 * removed holds what it used for a while. https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export async function patiently<Result>(
  { site, signal }: AwsCall,
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

/** Takes a refusal with such a code for success: things are already as they should be. */
export async function except(isWell: RegExp, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!hasAwsCode(error, isWell)) throw error;
  }
}

import { hasAwsCode, statusOf, toAwsError } from '@trencadis/aws-client';
import type { RightCheck } from '@trencadis/vmm';
import type { Account } from './account.ts';
import { amazonEc2 } from './errors.ts';
import { type NeededRight, neededRights } from './needed-rights.ts';

/** Amazon has looked at the rights and then says that it would do it, or that there is no such thing. */
const allowed = /^DryRunOperation$|NotFound|Malformed|^Invalid|^Missing|^IncorrectState|^Unsupported/;

/**
 * Each right by a dry run. One on a thing (stop this machine) is asked about a thing that is not there, so a policy that
 * allows it for some things only is told as held.
 */
export async function checkRights(account: Account): Promise<readonly RightCheck[]> {
  return Promise.all(neededRights.map((right) => check(account, right)));
}

async function check(account: Account, { right, ask }: NeededRight): Promise<RightCheck> {
  try {
    await ask(account);
  } catch (error) {
    const { code, message } = toAwsError(error, amazonEc2);
    // Without a status there was no answer, as from an end point whose certificate is not trusted.
    const isRefused = (code === 'forbidden' || code === 'unauthenticated') && statusOf(error) !== undefined;
    if (isRefused) return { right, holds: false, because: message };
    if (!hasAwsCode(error, allowed)) throw error;
  }
  return { right, holds: true, because: '' };
}

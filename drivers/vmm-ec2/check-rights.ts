import type { RightCheck } from '@trencadis/vmm';
import type { Account } from './account.ts';
import { hasAwsCode, toEc2Error } from './errors.ts';
import { type NeededRight, neededRights } from './needed-rights.ts';

const refused =
  /^(UnauthorizedOperation|AccessDenied|AccessDeniedException|UnauthorizedException|AuthFailure|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidAccessKeyId|OptInRequired|ExpiredToken|ExpiredTokenException|RequestExpired)$/;
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
    if (hasAwsCode(error, refused)) return { right, holds: false, because: toEc2Error(error).message };
    if (!hasAwsCode(error, allowed)) throw error;
  }
  return { right, holds: true, because: '' };
}

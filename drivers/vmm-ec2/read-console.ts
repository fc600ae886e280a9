import { hasAwsCode } from '@trencadis/aws-client';
import type { VmName } from '@trencadis/ids';
import type { Account } from './account.ts';
import { getInstance } from './create-instance.ts';

const maxBytes = 64 * 1024;

/** `Latest` is what it says now, on instances of the Nitro system; older ones tell what they said at their last boot. */
export async function readConsole(account: Account, name: VmName): Promise<string> {
  const { InstanceId } = await getInstance(account, name);
  const { Output = '' } = await askConsole(account, InstanceId);
  const bytes = Buffer.from(Output, 'base64');
  // From the first whole character: a cut one begins with continuation bytes.
  const tail = bytes.subarray(-maxBytes);
  const start = tail.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return tail.subarray(Math.max(start, 0)).toString('utf8');
}

async function askConsole({ ec2, on }: Account, InstanceId: string | undefined) {
  try {
    return await ec2.getConsoleOutput({ InstanceId, Latest: true }, on);
  } catch (error) {
    if (!hasAwsCode(error, /^(UnsupportedOperation|Unsupported|InvalidParameter.*)$/)) throw error;
    return ec2.getConsoleOutput({ InstanceId }, on);
  }
}

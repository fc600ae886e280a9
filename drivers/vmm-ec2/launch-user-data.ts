import { gzipSync } from 'node:zlib';
import { invalid } from '@trencadis/aws-client';

/** Amazon's limit, before base64. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html */
export const maxUserDataBytes = 16 * 1024;

/** As RunInstances takes it: base64, of gzip where the text alone is too long (cloud-init unpacks it). */
export function encodeUserData(text: string, vm: string): string {
  const plain = Buffer.from(text, 'utf8');
  const bytes = plain.length <= maxUserDataBytes ? plain : gzipSync(plain, { level: 9 });
  if (bytes.length <= maxUserDataBytes) return bytes.toString('base64');
  throw invalid(
    `The user data of ${vm} is ${bytes.length} bytes packed, and Amazon EC2 takes ${maxUserDataBytes}: let it fetch the rest.`,
    vm,
  );
}

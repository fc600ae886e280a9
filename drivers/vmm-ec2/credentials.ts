import { z } from 'zod';

const accessKeyMessage = 'must be the id of an access key: 16 to 128 letters and digits';
const regionMessage = 'must be a region of Amazon EC2, such as eu-west-1';
const ownerMessage = 'must be account numbers, or amazon, self or aws-marketplace';

/**
 * An account at Amazon EC2 in one region. Messages never repeat a value. `endpoint` belongs to the options: an account is
 * the same wherever its API is reached.
 */
export const ec2Credentials = z.strictObject({
  accessKeyId: z.string().regex(/^\w{16,128}$/, accessKeyMessage),
  secretAccessKey: z.string().min(1, 'is empty'),
  /** Of temporary credentials (STS). They expire; then every call fails with `unauthenticated`. */
  sessionToken: z.string().min(1, 'is empty').optional(),
  region: z.string().regex(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, regionMessage),
  /** Where disks, and VMs that ask for no zone, are placed; absent: chosen by the tag, evenly. */
  zone: z
    .string()
    .regex(/^[a-z]{2,4}(-[a-z0-9]+)+[a-z]$/, 'must be an availability zone, such as eu-west-1a')
    .optional(),
  /** Whose images `listBootable` offers. */
  imageOwners: z
    .array(z.string().regex(/^(\d{12}|amazon|self|aws-marketplace)$/, ownerMessage))
    .min(1, 'is empty')
    .default(['amazon', 'self']),
  /** PEM: certificate authorities that are trusted beside those that Node.js knows. */
  caCertificate: z.string().includes('-----BEGIN CERTIFICATE-----', 'must be PEM').optional(),
  /** `simulated`: the service answers as EC2 does, and nothing ever boots. */
  guests: z.enum(['real', 'simulated'], "must be 'real' or 'simulated'").default('real'),
});

export type Ec2Credentials = z.output<typeof ec2Credentials>;

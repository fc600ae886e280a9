import type { Image } from '@aws-sdk/client-ec2';
import { conflict, hasAwsCode, invalid, notFound } from '@trencadis/aws-client';
import { type Sha256, sha256OfText } from '@trencadis/ids';
import type { ImageReference } from '@trencadis/vmm';
import type { Account } from './account.ts';

/** An AMI's content never changes, so the digest of its id stands for it. */
export function digestOfAmi(id: string): Sha256 {
  return sha256OfText(id);
}

const amiPattern = /^(?:aws:\/\/([a-z0-9-]+)\/)?(ami-[0-9a-f]{8,17})$/;
const parameterPattern = /^(?:resolve:ssm:)?(\/[\w./-]+|[\w.-]+)$/;

/**
 * The AMI that a location stands for: `ami-...`, `aws://REGION/ami-...`, or an alias in the parameter store,
 * `resolve:ssm:/aws/service/...`. An alias moves on with each release: its reference has the digest of the alias itself
 * (whatever it stands for), or that of one AMI, and then is refused (`conflict`) once it stands for another.
 */
export async function resolveImage(account: Account, image: ImageReference): Promise<Image> {
  const id = await amiIdOf(account, image);
  const { ec2, on } = account;
  try {
    const { Images = [] } = await ec2.describeImages({ ImageIds: [id] }, on);
    const [found] = Images;
    if (found === undefined) throw notFound('image', image.location);
    return found;
  } catch (error) {
    if (hasAwsCode(error, /^InvalidAMIID\.(NotFound|Malformed|Unavailable)$/))
      throw notFound('image', image.location);
    throw error;
  }
}

async function amiIdOf(account: Account, { location, digest }: ImageReference): Promise<string> {
  const [, region, id] = amiPattern.exec(location) ?? [];
  const { credentials } = account.site;
  if (region !== undefined && region !== credentials.region) {
    throw notFound('image', `${location}: the account works in ${credentials.region}, and there`);
  }
  if (id !== undefined) return id;
  if (!location.startsWith('resolve:ssm:')) {
    throw invalid(
      `'${location}' names no image of Amazon EC2: write ami-..., aws://REGION/ami-... or resolve:ssm:/aws/service/...`,
      location,
    );
  }
  const current = await parameterValue(account, location);
  if (digest === digestOfAmi(current) || digest === sha256OfText(location)) return current;
  throw conflict(`The image ${location} is now ${current}, and was another one: look it up again.`, location);
}

/** The AMI's id that a parameter of the Systems Manager holds. */
export async function parameterValue({ site, on }: Account, location: string): Promise<string> {
  const [, name] = parameterPattern.exec(location) ?? [];
  if (name === undefined)
    throw invalid(`'${location}' names no parameter: write resolve:ssm:/aws/service/...`, location);
  const ssm = await site.clients.ssm();
  try {
    const { Parameter } = await ssm.getParameter({ Name: name }, on);
    const value = Parameter?.Value ?? '';
    if (/^ami-[0-9a-f]+$/.test(value)) return value;
  } catch (error) {
    if (!hasAwsCode(error, /^ParameterNotFound$/)) throw error;
    throw notFound('image', location);
  }
  throw invalid(`The parameter ${name} holds no AMI's id: choose one that does.`, location);
}

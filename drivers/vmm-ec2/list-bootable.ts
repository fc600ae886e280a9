import type { DescribeImagesRequest, Image } from '@aws-sdk/client-ec2';
import { hasAwsCode, invalid } from '@trencadis/aws-client';
import type { BootableImage, ImageFilter } from '@trencadis/vmm';
import type { Account } from './account.ts';
import { minDiskGiBOf, operatingSystemOf } from './image-facts.ts';
import { digestOfAmi, parameterValue } from './images.ts';

/** The newest that are told; Amazon has tens of thousands. */
export const maxBootable = 200;

/**
 * AMIs of the owners that the credentials name, newest first, at most {@link maxBootable}. The pattern is an AMI's id, an
 * alias of the parameter store (`resolve:ssm:/aws/service/...`, or its path alone), or a name with `*`.
 */
export async function listBootable(
  account: Account,
  { pattern }: ImageFilter,
): Promise<readonly BootableImage[]> {
  if (pattern === undefined || /^\**$/.test(pattern)) {
    throw invalid(
      'Amazon EC2 has too many images to list all: give a part of the name (debian-12-*), ami-... or resolve:ssm:/aws/service/...',
      'pattern',
    );
  }
  const images = await askImages(account, await requestFor(account, pattern));
  return images
    .filter(({ State, ImageType }) => State === 'available' && (ImageType ?? 'machine') === 'machine')
    .toSorted(newestFirst)
    .slice(0, maxBootable)
    .map(toBootable);
}

async function requestFor(account: Account, pattern: string): Promise<DescribeImagesRequest> {
  if (/^ami-[0-9a-f]+$/.test(pattern)) return { ImageIds: [pattern] };
  if (/^(resolve:ssm:|\/)/.test(pattern)) return { ImageIds: [await parameterValue(account, pattern)] };
  const Owners = account.site.credentials.imageOwners;
  // An image that Amazon calls deprecated is still one that boots, but not one to begin with.
  return {
    Owners,
    Filters: [
      { Name: 'name', Values: [pattern] },
      { Name: 'state', Values: ['available'] },
      { Name: 'image-type', Values: ['machine'] },
    ],
  };
}

/** In one call: asked in pages, Amazon answers them in no order, so all are needed to know the newest. */
async function askImages({ ec2, on }: Account, request: DescribeImagesRequest): Promise<readonly Image[]> {
  try {
    return (await ec2.describeImages(request, on)).Images ?? [];
  } catch (error) {
    if (hasAwsCode(error, /^InvalidAMIID\./)) return [];
    throw error;
  }
}

function newestFirst(one: Image, other: Image): number {
  return (other.CreationDate ?? '').localeCompare(one.CreationDate ?? '');
}

function toBootable(image: Image): BootableImage {
  const location = image.ImageId ?? '';
  const operatingSystem = operatingSystemOf(image);
  const minDiskGiB = minDiskGiBOf(image);
  return {
    location,
    digest: digestOfAmi(location),
    name: image.Name ?? location,
    ...(image.Description ? { description: image.Description } : {}),
    ...(image.Architecture === undefined ? {} : { architecture: image.Architecture }),
    ...(operatingSystem === undefined ? {} : { operatingSystem }),
    ...(minDiskGiB === undefined ? {} : { minDiskGiB }),
  };
}

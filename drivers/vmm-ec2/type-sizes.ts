import type { InstanceTypeInfo, _InstanceType } from '@aws-sdk/client-ec2';
import { allPages } from '@trencadis/aws-client';
import type { Account, TypeSize } from './account.ts';

const namesPerCall = 100;

/** The sizes of these types; those that the region does not know are left out. */
export async function sizesOf(
  { site, ec2, on }: Account,
  names: readonly string[],
): Promise<ReadonlyMap<string, TypeSize>> {
  const unknown = [...new Set(names)].filter((name) => !site.sizes.has(name));
  for (let start = 0; start < unknown.length; start += namesPerCall) {
    const wanted = unknown.slice(start, start + namesPerCall);
    // As a filter: an unknown name in it is no error.
    const Filters = [{ Name: 'instance-type', Values: wanted }];
    const infos = await allPages(
      (from) => ec2.describeInstanceTypes({ Filters, ...from }, on),
      ({ InstanceTypes }) => InstanceTypes,
    );
    for (const info of infos) site.sizes.set(typeNameOf(info), sizeOfType(info));
  }
  return site.sizes;
}

export function typeNameOf({ InstanceType }: InstanceTypeInfo): _InstanceType | '' {
  return InstanceType ?? '';
}

export function sizeOfType({ VCpuInfo, MemoryInfo }: InstanceTypeInfo): TypeSize {
  return { cpuCount: VCpuInfo?.DefaultVCpus ?? 0, memoryMiB: MemoryInfo?.SizeInMiB ?? 0 };
}

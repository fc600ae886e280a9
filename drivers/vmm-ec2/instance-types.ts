import type { InstanceTypeInfo } from '@aws-sdk/client-ec2';
import { allPages } from '@trencadis/aws-client';
import type { InstanceType } from '@trencadis/vmm';
import { type Account, remembered } from './account.ts';
import { type TypePrices, pricesOf } from './prices.ts';
import { sizeOfType, typeNameOf } from './type-sizes.ts';

const rememberedMs = 6 * 3_600_000;
const architectures = new Set<string>(['x86_64', 'arm64']);

/**
 * The current generation of the region, with the zones of each type and what it costs; asked once in some hours, as it
 * takes about ten calls. Types that are rented whole (bare metal) are left out.
 */
export async function listInstanceTypes(account: Account): Promise<readonly InstanceType[]> {
  const { infos, zones } = await remembered(account.site, { key: 'types', forMs: rememberedMs }, () =>
    askAll(account),
  );
  const prices = await pricesOf(account, infos.map(typeNameOf));
  const types = infos.map((info) => toInstanceType(info, zones.get(typeNameOf(info)) ?? [], prices));
  return types.toSorted((one, other) => one.name.localeCompare(other.name));
}

async function askAll(account: Account) {
  const [infos, zones] = await Promise.all([askTypes(account), askZones(account)]);
  for (const info of infos) account.site.sizes.set(typeNameOf(info), sizeOfType(info));
  return { infos, zones };
}

/** Without the caller's signal: others wait for the same answer. */
function askTypes({ ec2 }: Account): Promise<readonly InstanceTypeInfo[]> {
  const Filters = [
    { Name: 'current-generation', Values: ['true'] },
    { Name: 'bare-metal', Values: ['false'] },
    { Name: 'processor-info.supported-architecture', Values: [...architectures] },
  ];
  return allPages(
    (from) => ec2.describeInstanceTypes({ Filters, ...from }),
    ({ InstanceTypes }) => InstanceTypes,
  );
}

async function askZones({ ec2 }: Account): Promise<ReadonlyMap<string, readonly string[]>> {
  const offerings = await allPages(
    (from) => ec2.describeInstanceTypeOfferings({ LocationType: 'availability-zone', ...from }),
    ({ InstanceTypeOfferings }) => InstanceTypeOfferings,
  );
  const zones = new Map<string, string[]>();
  for (const { InstanceType: name = '', Location = '' } of offerings) {
    const known = zones.get(name);
    if (known === undefined) zones.set(name, [Location]);
    else known.push(Location);
  }
  return zones;
}

export function toInstanceType(
  info: InstanceTypeInfo,
  zones: readonly string[],
  prices: ReadonlyMap<string, TypePrices>,
): InstanceType {
  const name = typeNameOf(info);
  const architecture = info.ProcessorInfo?.SupportedArchitectures?.find((each) => architectures.has(each));
  const gpuCount = info.GpuInfo?.Gpus?.reduce((sum, { Count = 0 }) => sum + Count, 0) ?? 0;
  const price = prices.get(name);
  return {
    name,
    ...sizeOfType(info),
    ...(architecture === undefined ? {} : { architecture }),
    ...(gpuCount === 0 ? {} : { gpuCount }),
    ...(zones.length === 0 ? {} : { zones: zones.toSorted() }),
    ...(price === undefined ? {} : { price: { currency: 'USD', ...price } }),
  };
}

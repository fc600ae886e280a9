import { type ImageRequirements, radlImageRequirements } from '@trencadis/image-catalog';
import { parseAddress } from '@trencadis/ipv4';
import {
  type Dialect,
  type Interval,
  type RadlSystem,
  disksOf,
  interfacesOf,
  intervalOf,
  textOf,
} from '@trencadis/radl';
import type { TypeNeeds } from './decide-instance-type.ts';
import type { DiskRequirement } from './model.ts';

/** What one system of a document asks of a VM manager. */
export interface SystemRequirements {
  readonly cpuCount: number;
  readonly memoryMiB: number;
  /** Network ids of the document, interface 0 first. */
  readonly networkIds: readonly string[];
  /** Beside those ids: the address that each interface asks for. */
  readonly addresses: readonly (string | undefined)[];
  readonly disks: readonly DiskRequirement[];
  /** Of a VM manager whose VMs come in certain sizes. */
  readonly type: TypeNeeds;
}

const defaultCpuCount = 1;
const defaultMemoryMiB = 512;
const bytesPerMiB = 2 ** 20;
const bytesPerGiB = 2 ** 30;

/** The value a numeric feature asks for: its lower bound if it has one, else its upper one (spec/radl, section 5). */
function askedValue(interval: Interval | undefined): number | undefined {
  return interval?.low?.value ?? interval?.high?.value;
}

/** Requirements of one system (paper 4.4: the first thing that the Infrastructure Instantiator works out). */
export function requirementsOf(system: RadlSystem): SystemRequirements {
  return {
    cpuCount: defaultCpuCount,
    memoryMiB: defaultMemoryMiB,
    ...askedSize(system),
    networkIds: interfacesOf(system).map((each) => each.networkId),
    addresses: interfacesOf(system).map(({ ip }) =>
      ip === undefined || parseAddress(ip) === undefined ? undefined : ip,
    ),
    disks: diskRequirementsOf(system),
    type: typeNeedsOf(system),
  };
}

function typeNeedsOf(system: RadlSystem): TypeNeeds {
  const atLeast = (value: number): Interval => ({ low: { value, isStrict: false } });
  const memory = intervalOf(system, 'memory.size');
  const gpuCount = intervalOf(system, 'gpu.count');
  const price = intervalOf(system, 'price');
  const name = textOf(system, 'instance_type');
  const zone = textOf(system, 'availability_zone');
  return {
    cpuCount: intervalOf(system, 'cpu.count') ?? atLeast(defaultCpuCount),
    memoryMiB: memory ? inMiB(memory) : atLeast(defaultMemoryMiB),
    ...(gpuCount ? { gpuCount } : {}),
    ...(price ? { price } : {}),
    ...(name === undefined ? {} : { name }),
    ...(zone === undefined ? {} : { zone }),
    isSpot: textOf(system, 'spot') === 'yes',
  };
}

function inMiB({ low, high }: Interval): Interval {
  const bound = ({ value, isStrict }: NonNullable<Interval['low']>) => ({
    value: value / bytesPerMiB,
    isStrict,
  });
  return { ...(low ? { low: bound(low) } : {}), ...(high ? { high: bound(high) } : {}) };
}

/** Only what the system says of its size. */
export function askedSize(system: RadlSystem): { readonly cpuCount?: number; readonly memoryMiB?: number } {
  const cpuCount = askedValue(intervalOf(system, 'cpu.count'));
  const memoryBytes = askedValue(intervalOf(system, 'memory.size'));
  return {
    ...(cpuCount === undefined ? {} : { cpuCount }),
    ...(memoryBytes === undefined ? {} : { memoryMiB: Math.ceil(memoryBytes / bytesPerMiB) }),
  };
}

/** What mkfs has a program for; IM's documents may say anything. */
const fileSystem = /^[a-z][a-z0-9]*$/;

export function diskRequirementsOf(system: RadlSystem): readonly DiskRequirement[] {
  return disksOf(system).map((disk) => ({
    index: disk.index,
    sizeGiB: Math.max(1, Math.ceil((disk.sizeBytes ?? bytesPerGiB) / bytesPerGiB)),
    mountPath: disk.mountPath ?? `/mnt/disk${disk.index}`,
    isPersistent: disk.persistent === true,
    ...(disk.fstype !== undefined && fileSystem.test(disk.fstype) ? { fsType: disk.fstype } : {}),
  }));
}

/** Where an image must boot, as the catalog's artifacts name it. */
export interface BootPlace {
  readonly product: string;
  /** What endpoints call the VM manager; absent: any of the product will do. */
  readonly places?: readonly string[];
}

/** What a system asks of its image. */
export function imageRequirementsOf(
  system: RadlSystem,
  { product, places, dialect }: BootPlace & { readonly dialect: Dialect },
): ImageRequirements {
  const { hard, soft } = radlImageRequirements(system, { areApplicationsOptional: dialect === 'im' });
  const boots = { kind: 'attribute', key: 'vmm', operator: '=', value: product } as const;
  return { hard: [places === undefined ? boots : { ...boots, places }, ...hard], soft };
}

import { type ImageRequirements, radlImageRequirements } from '@trencadis/image-catalog';
import {
  type Dialect,
  type Interval,
  type RadlSystem,
  disksOf,
  interfacesOf,
  intervalOf,
} from '@trencadis/radl';
import type { DiskRequirement } from './model.ts';

/** What one system of a document asks of a VM manager. */
export interface SystemRequirements {
  readonly cpuCount: number;
  readonly memoryMiB: number;
  /** Network ids of the document, interface 0 first. */
  readonly networkIds: readonly string[];
  readonly disks: readonly DiskRequirement[];
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
    disks: diskRequirementsOf(system),
  };
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

export function diskRequirementsOf(system: RadlSystem): readonly DiskRequirement[] {
  return disksOf(system).map((disk) => ({
    index: disk.index,
    sizeGiB: Math.max(1, Math.ceil((disk.sizeBytes ?? bytesPerGiB) / bytesPerGiB)),
    mountPath: disk.mountPath ?? `/mnt/disk${disk.index}`,
    isPersistent: disk.persistent === true,
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

import { type ImageRequirements, radlImageRequirements } from '@trencadis/image-catalog';
import { type Interval, type RadlSystem, disksOf, interfacesOf, intervalOf } from '@trencadis/radl';

/** What one system of a document asks of a VM manager and of the image catalog. */
export interface SystemRequirements {
  readonly cpuCount: number;
  readonly memoryMiB: number;
  readonly image: ImageRequirements;
  /** Network ids of the document, interface 0 first. */
  readonly networkIds: readonly string[];
  readonly disks: readonly DiskRequirement[];
}

export interface DiskRequirement {
  readonly index: number;
  readonly sizeGiB: number;
  readonly mountPath: string;
  readonly isPersistent: boolean;
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
export function requirementsOf(system: RadlSystem, vmm: string): SystemRequirements {
  const memoryBytes = askedValue(intervalOf(system, 'memory.size'));
  return {
    cpuCount: askedValue(intervalOf(system, 'cpu.count')) ?? defaultCpuCount,
    memoryMiB: memoryBytes === undefined ? defaultMemoryMiB : Math.ceil(memoryBytes / bytesPerMiB),
    image: imageRequirementsOf(system, vmm),
    networkIds: interfacesOf(system).map((each) => each.networkId),
    disks: disksOf(system).map((disk) => ({
      index: disk.index,
      sizeGiB: Math.max(1, Math.ceil((disk.sizeBytes ?? bytesPerGiB) / bytesPerGiB)),
      mountPath: disk.mountPath ?? `/mnt/disk${disk.index}`,
      isPersistent: disk.persistent === true,
    })),
  };
}

/** The image must boot on that VM manager; the rest is the system's own. */
function imageRequirementsOf(system: RadlSystem, vmm: string): ImageRequirements {
  const { hard, soft } = radlImageRequirements(system);
  return { hard: [{ kind: 'attribute', key: 'vmm', operator: '=', value: vmm }, ...hard], soft };
}

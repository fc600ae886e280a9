import { pollUntil, systemClock } from '@trencadis/clock';
import { type ErrorCode, isPlatformError } from '@trencadis/errors';
import { expect } from 'vitest';
import { type Tag, type VmName, brandId, newUuid } from '@trencadis/ids';
import { contains, parseAddress, parseRange } from '@trencadis/ipv4';
import type {
  DiskSpec,
  ImageReference,
  InstanceType,
  Network,
  NetworkSpec,
  SnapshotSpec,
  Vm,
  VmSpec,
} from '../model.ts';
import type { VmmDriver } from '../driver.ts';
import type { VmmHarness } from './harness.ts';

const bootDeadlineMs = 60_000;
export const signal = new AbortController().signal;

type SitePlace = Pick<VmmHarness, 'driver' | 'image' | 'providerNetwork' | 'imagePattern'>;

/** Two sizes to test with, the smaller one first: the cheapest in memory that hold the tests' image. */
export async function testTypes(driver: VmmDriver): Promise<readonly InstanceType[]> {
  const types = await driver.listInstanceTypes(signal);
  const wide = types.filter(({ memoryMiB, gpuCount = 0 }) => memoryMiB >= 256 && gpuCount === 0);
  const [small, ...others] = wide.toSorted(
    (one, other) => one.memoryMiB - other.memoryMiB || one.cpuCount - other.cpuCount,
  );
  if (small === undefined) return [];
  const large = others.find(
    ({ memoryMiB, architecture }) =>
      memoryMiB > small.memoryMiB && (architecture ?? small.architecture) === small.architecture,
  );
  return large === undefined ? [small] : [small, large];
}

/** What one test makes: names of its own, so that tests never meet. */
export class Site {
  readonly tag: Tag = brandId('Tag', `conf-${newUuid().slice(0, 8)}`);
  readonly driver: VmmDriver;
  readonly providerNetwork: string | undefined;
  readonly imagePattern: string | undefined;
  readonly #image: ImageReference;
  /** Smallest first; empty where VMs have any size. */
  readonly #types: readonly InstanceType[];

  constructor(
    { driver, image, providerNetwork, imagePattern }: SitePlace,
    types: readonly InstanceType[] = [],
  ) {
    this.driver = driver;
    this.providerNetwork = providerNetwork;
    this.imagePattern = imagePattern;
    this.#image = image;
    this.#types = types;
  }

  /** What tests make beside this site: another owner of the same VM manager. */
  neighbour(): Site {
    const { driver, providerNetwork, imagePattern } = this;
    const place = { driver, image: this.#image };
    return new Site(
      {
        ...place,
        ...(providerNetwork === undefined ? {} : { providerNetwork }),
        ...(imagePattern === undefined ? {} : { imagePattern }),
      },
      this.#types,
    );
  }

  vmName(label: string): VmName {
    return brandId('VmName', `${this.tag}-${label}`);
  }

  vm(label: string, changes: Partial<VmSpec> = {}): VmSpec {
    return {
      name: this.vmName(label),
      tag: this.tag,
      hostName: label,
      image: this.#image,
      ...this.size(),
      interfaces: [],
      disks: [],
      login: { user: 'root', authorizedKey: `ssh-ed25519 ${'A'.repeat(67)}B conformance` },
      ...changes,
    };
  }

  /** The smallest that holds the image, or one that is larger. */
  size(isLarger = false): Pick<VmSpec, 'cpuCount' | 'memoryMiB' | 'instanceType'> {
    const [small, large] = this.#types;
    const type = isLarger ? large : small;
    if (type !== undefined) {
      const { name, cpuCount, memoryMiB } = type;
      return { instanceType: name, cpuCount, memoryMiB };
    }
    return isLarger ? { cpuCount: 2, memoryMiB: 384 } : { cpuCount: 1, memoryMiB: 256 };
  }

  networkSpec(label: string, kind: NetworkSpec['kind'] = 'private'): NetworkSpec {
    return { name: brandId('NetworkName', `${this.tag}-${label}`), tag: this.tag, kind };
  }

  network(label: string, kind: NetworkSpec['kind'] = 'private'): Promise<Network> {
    return this.driver.networks.createNetwork(this.networkSpec(label, kind), signal);
  }

  diskSpec(label: string): DiskSpec {
    return { name: brandId('DiskName', `${this.tag}-${label}`), tag: this.tag, sizeGiB: 1 };
  }

  snapshotSpec(vm: VmName, label: string): SnapshotSpec {
    return { vm, name: `${this.tag}-${label}`, tag: this.tag };
  }

  /** A VM that runs, on a network where the manager has those. */
  async started(label: string, changes: Partial<VmSpec> = {}): Promise<{ spec: VmSpec; vm: Vm }> {
    const { networks } = this.driver.capabilities;
    const interfaces = networks ? [{ network: (await this.network('net')).name }] : [];
    const spec = this.vm(label, { interfaces, ...changes });
    await this.driver.createVm(spec, signal);
    return { spec, vm: await this.running(spec.name) };
  }

  running(name: VmName): Promise<Vm> {
    return this.#reaching(name, 'running');
  }

  stopped(name: VmName): Promise<Vm> {
    return this.#reaching(name, 'stopped');
  }

  async #reaching(name: VmName, status: Vm['status']): Promise<Vm> {
    const probe = async () => {
      const vm = await this.driver.describeVm(name, signal);
      return vm?.status === status ? vm : undefined;
    };
    const found = await pollUntil(probe, { clock: systemClock, everyMs: 50, deadlineMs: bootDeadlineMs });
    if (found === undefined) throw new Error(`${name} is not ${status} after ${bootDeadlineMs} ms`);
    return found;
  }

  /** Removes all that the listings find; what they do not find is reported by `leftovers`. */
  async sweep(): Promise<void> {
    const { driver, tag } = this;
    for (const vm of await driver.listVms(tag, signal)) await driver.deleteVm(vm.name, signal);
    if (driver.capabilities.images) {
      for (const { name } of await driver.images.listImages(tag, signal)) {
        await driver.images.deleteImage(name, signal);
      }
    }
    if (driver.capabilities.disks) {
      for (const { name } of await driver.disks.listDisks(tag, signal)) {
        await driver.disks.deleteDisk(name, signal);
      }
    }
    if (driver.capabilities.networks) {
      for (const { name } of await driver.networks.listNetworks(tag, signal)) {
        await driver.networks.deleteNetwork(name, signal);
      }
    }
  }
}

/** The code that `work` fails with; anything but a PlatformError is passed on. */
export async function codeOf(work: Promise<unknown>): Promise<ErrorCode | 'succeeded'> {
  try {
    await work;
    return 'succeeded';
  } catch (error) {
    if (isPlatformError(error)) return error.code;
    throw error;
  }
}

export async function expectUnsupported(work: Promise<unknown>): Promise<void> {
  expect(await codeOf(work)).toBe('unsupported');
}

export function isInside(address: string, subnet: string): boolean {
  const range = parseRange(subnet);
  return range !== undefined && contains(range, parseAddress(address));
}

export type StartSite = () => Site;

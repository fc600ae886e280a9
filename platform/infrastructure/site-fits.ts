import type { DeployedSystem, RadlNetwork } from '@trencadis/radl';
import { isPublicNetwork, providerNetworkOf, subnetPatternOf } from '@trencadis/radl';
import type { OpenPorts, VmmCapabilities } from '@trencadis/vmm';
import { contains, decideInstanceType, fitsAsItIs } from './decide-instance-type.ts';
import type { SiteFit } from './decide-placement.ts';
import { openPortsOf } from './desired-networks.ts';
import type { FoundImage } from './find-images.ts';
import { type CurrentVm, needsWithImage, otherPriceAt, typeOf } from './member-sizes.ts';
import type { VmmForDeployment } from './offers.ts';
import type { SystemRequirements } from './requirements.ts';

/** VMs of a system that are to be placed. */
export interface FitQuestion {
  readonly deployed: DeployedSystem;
  readonly requirements: SystemRequirements;
  /** That it is connected to. */
  readonly networks: readonly RadlNetwork[];
  readonly images: ReadonlyMap<string, FoundImage>;
  /** Those that are there, by VM manager's key. */
  readonly current: ReadonlyMap<string, readonly CurrentVm[]>;
}

/** By VM manager's key: the size that the VMs would have there, or what speaks against it beside images and quotas. */
export function siteFits(
  question: FitQuestion,
  vmms: readonly VmmForDeployment[],
): ReadonlyMap<string, SiteFit> {
  return new Map(vmms.map((site) => [site.vmm, fitAt(question, site)]));
}

function fitAt(question: FitQuestion, site: VmmForDeployment): SiteFit {
  const { requirements, networks } = question;
  const lacks = [...networks.flatMap((each) => networkLacks(each, site)), ...systemLacks(requirements, site)];
  if (lacks.length > 0) return { because: lacks.join('; ') };
  return site.capabilities.instanceTypes ? typeFit(question, site) : priceFit(question, site);
}

/** What it cannot do, and what to write instead. */
function networkLacks(network: RadlNetwork, { capabilities }: VmmForDeployment): string[] {
  const provider = providerNetworkOf(network);
  const range = subnetPatternOf(network);
  const mapped = isPublicNetwork(network) ? openPortsOf(network).find((each) => isMapped(each)) : undefined;
  const { networks, portMapping, addressing, providerNetworks } = capabilities;
  return [
    ...(networks ? [] : ['it makes no networks']),
    ...(mapped === undefined || portMapping
      ? []
      : [
          `it opens ports as they are, and network ${network.id} has ${mapped.from} lead to ${mapped.localPort}: write outports = '${mapped.localPort}'`,
        ]),
    ...(range === undefined || addressing
      ? []
      : [`it chooses the ranges of networks: leave the cidr of network ${network.id} out`]),
    ...(provider === undefined || providerNetworks
      ? []
      : [
          `it has no networks of its own to use: leave the provider_id of network ${network.id} out, or add create = 'yes'`,
        ]),
  ];
}

const isMapped = ({ localPort }: OpenPorts) => localPort !== undefined;

function systemLacks(requirements: SystemRequirements, { capabilities }: VmmForDeployment): string[] {
  const { addresses, disks, type } = requirements;
  const address = addresses.find((each) => each !== undefined);
  return [
    ...(disks.length === 0 || capabilities.disks ? [] : ['it has no data disks']),
    ...(address === undefined || capabilities.addressing
      ? []
      : [`it chooses the addresses of VMs: leave ${address} out`]),
    ...(type.zone === undefined || capabilities.zones
      ? []
      : ['it has no zones: leave availability_zone out']),
    ...(!type.isSpot || capabilities.spot ? [] : ['it has no spare capacity to offer: leave spot out']),
    ...typeLacks(type, capabilities),
  ];
}

function typeLacks(
  { name, gpuCount }: SystemRequirements['type'],
  { instanceTypes }: VmmCapabilities,
): string[] {
  if (instanceTypes) return [];
  return [
    ...(name === undefined
      ? []
      : [`its VMs have any size, none is called '${name}': leave instance_type out`]),
    ...(gpuCount === undefined || contains(gpuCount, 0) ? [] : ['it does not tell of GPUs']),
  ];
}

function typeFit({ requirements, images, deployed, current }: FitQuestion, site: VmmForDeployment): SiteFit {
  const { cpuCount, memoryMiB, type } = requirements;
  const image = images.get(site.vmm);
  // Without an image, or while it is not known what there is, nothing is said about sizes.
  if (!site.instanceTypes || !image || !('image' in image)) return { size: { cpuCount, memoryMiB } };
  const needs = needsWithImage(type, image);
  const decision = decideInstanceType(needs, site.instanceTypes, otherPriceAt(site));
  if (decision.kind === 'chosen') {
    const { type: chosen, price } = decision;
    return { size: sizeOf(chosen), ...(price ? { perHour: price.perHour } : {}) };
  }
  const there = current.get(site.vmm) ?? [];
  const areKept = there.length >= deployed.count && there.every((vm) => fitsAsItIs(needs, typeOf(vm)));
  if (areKept) return { size: { cpuCount, memoryMiB } };
  return { because: `no instance type fits: ${decision.because}` };
}

function sizeOf({ cpuCount, memoryMiB }: { readonly cpuCount: number; readonly memoryMiB: number }) {
  return { cpuCount, memoryMiB };
}

/** A bound on the price means nothing where nothing has a price. */
function priceFit({ requirements, deployed, current }: FitQuestion, site: VmmForDeployment): SiteFit {
  const size = sizeOf(requirements);
  const { price, isSpot } = requirements.type;
  const perHour = site.perHour?.(size);
  const isSettled = (current.get(site.vmm) ?? []).length >= deployed.count;
  if (price === undefined || perHour === undefined || isSpot || isSettled || contains(price, perHour))
    return { size };
  const words = `${size.cpuCount} CPU and ${size.memoryMiB} MiB`;
  return { because: `a VM with ${words} costs ${perHour} ${site.currency ?? ''} an hour` };
}

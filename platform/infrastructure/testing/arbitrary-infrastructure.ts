import {
  type DiskName,
  type InfrastructureId,
  type VmName,
  brandId,
  sha256OfJson,
  sha256OfText,
} from '@trencadis/ids';
import type { OpenPorts, VmStatus, VmmCapabilities } from '@trencadis/vmm';
import fc from 'fast-check';
import type {
  DesiredConfiguration,
  DesiredDisk,
  DesiredInfrastructure,
  DesiredNetwork,
  DesiredVm,
  ObservedInfrastructure,
} from '../model.ts';
import { planDeploy } from '../plan.ts';
import { diskName, networkName, vmName } from '../resource-names.ts';
import { simulatePlan } from './simulate-plan.ts';

const id: InfrastructureId = brandId('InfrastructureId', 'inf-aaaaaaaa');
const tag = brandId('Tag', id);
const networkIds = ['private', 'public'] as const;
const vmmKeys = ['memory', 'second'] as const;
const mostVms = 5;

interface Stage {
  readonly step: number;
  readonly version: number;
  readonly usesPeers: boolean;
}

interface Parts {
  readonly vmm: string;
  readonly networks: readonly string[];
  readonly memoryMiB: number;
  readonly image: string;
  readonly diskCount: number;
  readonly isStopped: boolean;
  readonly userData: string | undefined;
  readonly stages: readonly Stage[];
  /** Numbers of the VMs whose addresses it knows. */
  readonly peers: readonly number[];
}

function nameOf(number: number): VmName {
  return vmName(id, 'front', number);
}

function diskOf(number: number, index: number): DiskName {
  return diskName(
    { id, owner: 'ana', name: 'any' },
    { systemId: 'front', number, index, isPersistent: false },
  );
}

function configurationOf({ step, version, usesPeers }: Stage): DesiredConfiguration {
  return {
    step,
    configurator: 'puppet',
    recipe: { kind: 'resource-lines', lines: [] },
    components: [],
    applications: [],
    secrets: [],
    endpoints: [],
    usesPeers,
    timeoutMs: 1000,
    digest: sha256OfText(`recipe ${step} ${version}`),
  };
}

function desiredVm(number: number, parts: Parts, count: number): DesiredVm {
  const { vmm, memoryMiB, image, isStopped, stages, userData } = parts;
  const indices = Array.from({ length: parts.diskCount }, (_, index) => index + 1);
  const peers = parts.peers.filter((peer) => peer !== number && peer <= count).map(nameOf);
  return {
    vmm,
    systemId: 'front',
    number,
    ordinal: number - 1,
    isStopped,
    spec: {
      name: nameOf(number),
      tag,
      hostName: `front-${number}`,
      image: { location: image, digest: sha256OfText(image) },
      cpuCount: 1,
      memoryMiB,
      interfaces: parts.networks.map((each) => ({ network: networkName(id, each) })),
      disks: indices.map((index) => ({ disk: diskOf(number, index), mountPath: `/mnt/${index}` })),
      ...(userData === undefined ? {} : { userData }),
    },
    ...(userData === undefined ? {} : { userDataDigest: sha256OfText(userData) }),
    ...(vmm === 'second'
      ? {
          mounts: indices.map((index) => ({
            disk: diskOf(number, index),
            mountPath: `/mnt/${index}`,
            fsType: 'ext4',
          })),
        }
      : {}),
    configurations: stages.map(configurationOf),
    peers: stages.some(({ usesPeers }) => usesPeers) ? 'all' : peers,
  };
}

function networksOf(vms: readonly DesiredVm[], openPorts: readonly OpenPorts[]): DesiredNetwork[] {
  return networkIds.flatMap((kind) => {
    const name = networkName(id, kind);
    const users = vms.filter(({ spec }) => spec.interfaces.some(({ network }) => network === name));
    const ports = kind === 'public' && openPorts.length > 0 ? { openPorts } : {};
    return [...new Set(users.map(({ vmm }) => vmm))].map((vmm) => ({ vmm, name, tag, kind, ...ports }));
  });
}

function disksOf(vms: readonly DesiredVm[]): DesiredDisk[] {
  return vms.flatMap(({ vmm, spec }) =>
    spec.disks.map(({ disk }) => ({ vmm, name: disk, tag, sizeGiB: 1, isPersistent: false })),
  );
}

const arbitraryStages: fc.Arbitrary<readonly Stage[]> = fc
  .array(
    fc.record({
      version: fc.constantFrom(1, 2),
      usesPeers: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    }),
    { maxLength: 3 },
  )
  .map((stages) => stages.map((stage, index) => ({ ...stage, step: index + 1 })));

const arbitraryParts: fc.Arbitrary<Parts> = fc.record({
  vmm: fc.constantFrom(...vmmKeys),
  networks: fc.subarray([...networkIds], { minLength: 1 }),
  memoryMiB: fc.constantFrom(512, 1024),
  image: fc.constantFrom('debian', 'debian', 'ubuntu'),
  diskCount: fc.integer({ min: 0, max: 2 }),
  isStopped: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
  userData: fc.constantFrom(undefined, undefined, '#cloud-config\n{}', '#!/bin/sh\n'),
  stages: arbitraryStages,
  peers: fc.subarray(Array.from({ length: mostVms }, (_, index) => index + 1)),
});

const arbitraryPorts: fc.Arbitrary<readonly OpenPorts[]> = fc.subarray<OpenPorts>([
  { protocol: 'tcp', from: 443, to: 443 },
  { protocol: 'tcp', from: 8080, to: 8080, localPort: 80 },
  { protocol: 'udp', from: 9000, to: 9010, source: '10.0.0.0/8' },
]);

/**
 * Up to five VMs of two sizes on up to two networks at two VM managers, some off, with up to two disks and three
 * steps of contextualization that build on some, all or none of the others.
 */
export const arbitraryDesired: fc.Arbitrary<DesiredInfrastructure> = fc
  .tuple(fc.array(arbitraryParts, { maxLength: mostVms }), arbitraryPorts)
  .map(([all, ports]) => {
    const vms = all.map((parts, index) => desiredVm(index + 1, parts, all.length));
    return {
      id,
      tag,
      networks: networksOf(vms, ports),
      disks: disksOf(vms),
      vms,
      networkIds: Object.fromEntries(networkIds.map((each) => [networkName(id, each), each])),
      databases: [],
      images: [],
      placements: [],
      services: [],
      balancers: [],
      groups: [],
    };
  });

export const nothingObserved: ObservedInfrastructure = {
  vms: [],
  networks: [],
  disks: [],
  updates: { memory: { size: 'restart', disks: 'live' }, second: { size: false, disks: false } },
  configured: {},
};

type Updates = VmmCapabilities['update'];

const arbitraryUpdates: fc.Arbitrary<Updates> = fc.record({
  size: fc.constantFrom<Updates['size']>('live', 'restart', false),
  disks: fc.constantFrom<Updates['disks']>('live', 'restart', false),
});

/** A document and what came of it when it asked for fewer VMs: all is as it shall be but for those. */
export const arbitraryGrowth: fc.Arbitrary<{
  readonly desired: DesiredInfrastructure;
  readonly observed: ObservedInfrastructure;
}> = fc.tuple(arbitraryDesired, fc.nat(mostVms)).map(([desired, count]) => {
  const vms = desired.vms.slice(0, count);
  const names = new Set(networksOf(vms, []).map(({ vmm, name }) => `${vmm} ${name}`));
  const networks = desired.networks.filter(({ vmm, name }) => names.has(`${vmm} ${name}`));
  const fewer = { ...desired, vms, networks, disks: disksOf(vms) };
  const steps = planDeploy(fewer, nothingObserved, { hash: sha256OfJson });
  return { desired, observed: simulatePlan(steps, nothingObserved, { desired: fewer }) };
});

/** A world in which some of what another document asked for is there, in any state. */
export const arbitraryObserved: fc.Arbitrary<ObservedInfrastructure> = fc
  .record({
    other: arbitraryDesired,
    statuses: fc.array(fc.constantFrom<VmStatus>('running', 'running', 'creating', 'stopped', 'failed'), {
      minLength: mostVms,
      maxLength: mostVms,
    }),
    lost: fc.subarray(Array.from({ length: mostVms }, (_, index) => nameOf(index + 1))),
    updates: fc.record({ memory: arbitraryUpdates, second: arbitraryUpdates }),
  })
  .map(({ other, statuses, lost, updates }) => {
    const before = { ...nothingObserved, updates };
    const whole = simulatePlan(planDeploy(other, before, { hash: sha256OfJson }), before, { desired: other });
    const vms = whole.vms.filter(({ name }) => !lost.includes(name));
    return { ...whole, vms: vms.map((vm, index) => ({ ...vm, status: statuses[index] ?? 'running' })) };
  });

import { type DiskName, type InfrastructureId, brandId, sha256OfText } from '@trencadis/ids';
import type { Vm, VmStatus } from '@trencadis/vmm';
import fc from 'fast-check';
import type { DesiredInfrastructure, DesiredVm, ObservedInfrastructure } from '../model.ts';
import { diskName, networkName, vmName } from '../resource-names.ts';

const id: InfrastructureId = brandId('InfrastructureId', 'inf-aaaaaaaa');
const tag = brandId('Tag', id);
const networkIds = ['private', 'public'] as const;

interface Parts {
  readonly networks: readonly string[];
  readonly memoryMiB: number;
  readonly hasDisk: boolean;
  readonly recipe: number | undefined;
}

function diskOf(number: number): DiskName {
  const place = { systemId: 'front', number, index: 1, isPersistent: false };
  return diskName({ id, owner: 'ana', name: 'any' }, place);
}

function desiredVm(number: number, parts: Parts): DesiredVm {
  const networks = parts.networks.map((each) => ({ id: each, name: networkName(id, each) }));
  return {
    vmm: 'memory',
    systemId: 'front',
    spec: {
      name: vmName(id, 'front', number),
      tag,
      hostName: `front-${number}`,
      image: { location: 'image', digest: sha256OfText('image') },
      cpuCount: 1,
      memoryMiB: parts.memoryMiB,
      interfaces: networks.map(({ name }) => ({ network: name })),
      disks: parts.hasDisk ? [{ disk: diskOf(number), mountPath: '/mnt/data' }] : [],
    },
    networkIds: Object.fromEntries(networks.map((each) => [each.name, each.id])),
    ...(parts.recipe === undefined
      ? {}
      : {
          configuration: {
            configurator: 'puppet',
            recipe: { kind: 'resource-lines', lines: [] },
            components: [],
            secrets: [],
            endpoints: [],
            digest: sha256OfText(`recipe ${parts.recipe}`),
          },
        }),
  };
}

/** Up to five VMs on up to two networks, with or without a disk and a configuration. */
export const arbitraryDesired: fc.Arbitrary<DesiredInfrastructure> = fc
  .array(
    fc.record({
      networks: fc.subarray([...networkIds], { minLength: 1 }),
      memoryMiB: fc.constantFrom(512, 1024),
      hasDisk: fc.boolean(),
      recipe: fc.option(fc.constantFrom(1, 2), { nil: undefined }),
    }),
    { maxLength: 5 },
  )
  .map((vms) => ({
    id,
    tag,
    vmm: 'memory',
    networks: networkIds
      .filter((network) => vms.some((vm) => vm.networks.includes(network)))
      .map((network) => ({ name: networkName(id, network), tag, kind: network })),
    disks: vms.flatMap(({ hasDisk }, index) =>
      hasDisk ? [{ name: diskOf(index + 1), tag, sizeGiB: 1, isPersistent: false }] : [],
    ),
    vms: vms.map((parts, index) => desiredVm(index + 1, parts)),
    databases: [],
    images: [],
  }));

/** A world in which some of what another document asked for is there, in any state. */
export const arbitraryObserved: fc.Arbitrary<ObservedInfrastructure> = fc
  .tuple(
    arbitraryDesired,
    fc.array(fc.constantFrom<VmStatus>('creating', 'running', 'stopped', 'failed'), {
      minLength: 5,
      maxLength: 5,
    }),
  )
  .chain(([desired, statuses]) =>
    fc.subarray([...desired.vms]).map((present): ObservedInfrastructure => ({
      networks: desired.networks.map((network) => ({ ...network, subnet: '10.0.0.0/24' })),
      disks: desired.disks,
      vms: present.map(({ spec }, index): Vm => ({
        ...spec,
        status: statuses[index] ?? 'running',
        hostKeys: [],
        addresses: spec.interfaces.map(({ network }) => ({ network, address: '10.0.0.2' })),
      })),
      configured: Object.fromEntries(
        present.flatMap((vm) => (vm.configuration ? [[vm.spec.name, vm.configuration.digest] as const] : [])),
      ),
    })),
  );

export const nothingObserved: ObservedInfrastructure = { vms: [], networks: [], disks: [], configured: {} };

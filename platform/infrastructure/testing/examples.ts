import {
  type VmiId,
  brandId,
  newInfrastructureId,
  newPlanId,
  sha256OfJson,
  sha256OfText,
} from '@trencadis/ids';
import type {
  DesiredConfiguration,
  DesiredInfrastructure,
  DesiredVm,
  Infrastructure,
  Plan,
  Target,
} from '../model.ts';
import { planDeploy } from '../plan.ts';
import { diskName, networkName, vmName } from '../resource-names.ts';
import { nothingObserved } from './arbitrary-infrastructure.ts';

export function exampleInfrastructure(name: string, changes: Partial<Infrastructure> = {}): Infrastructure {
  return {
    id: newInfrastructureId(),
    name,
    owner: 'ana',
    radl: "network private\nsystem front (disk.0.os.name = 'linux')\n\u00e9\u4e2d",
    dialect: 'trencadis',
    parameters: {},
    members: [],
    nextOrdinal: 0,
    refusals: [],
    usage: { vms: 0, cpuCount: 0, memoryMiB: 0 },
    vmms: ['memory'],
    shares: [],
    createdAt: new Date(1000),
    isDestroyRequested: false,
    ...changes,
  };
}

/** With everything that a target may have. */
export function exampleTarget(changes: Partial<Target> = {}): Target {
  const disks = [{ index: 1, sizeGiB: 2, mountPath: '/data', isPersistent: true }];
  return {
    radl: 'network other',
    dialect: 'im',
    parameters: { size: 2 },
    members: [
      { systemId: 'front', number: 1, ordinal: 0, vmm: 'memory' },
      {
        systemId: 'front',
        number: 3,
        ordinal: 4,
        vmm: 'second',
        isStopped: true,
        alteration: { cpuCount: 2, memoryMiB: 1024, disks },
      },
    ],
    nextOrdinal: 5,
    refusals: ['third'],
    usage: { vms: 1, cpuCount: 0.5, memoryMiB: 512 },
    replicas: { site: { first: 2, second: 1 } },
    components: { 'a.gar': sha256OfText('a.gar') },
    ...changes,
  };
}

/** One configured VM with a database and a disk of its own. */
export function desiredFront(infrastructure: Infrastructure): DesiredInfrastructure {
  const { id } = infrastructure;
  const tag = brandId('Tag', id);
  const vm = desiredFrontVm(infrastructure);
  const { vmm } = vm;
  const network = networkName(id, 'private');
  return {
    id,
    tag,
    networks: [{ vmm, name: network, tag, kind: 'private' }],
    disks: vm.spec.disks.map(({ disk }) => ({ vmm, name: disk, tag, sizeGiB: 2, isPersistent: false })),
    vms: [vm],
    networkIds: { [network]: 'private' },
    databases: [{ name: 'SQL_Keys', user: 'sql_keys', heldBy: vm.spec.name, usedBy: [vm.spec.name] }],
    images: [],
    placements: [{ systemIds: ['front'], vmm, because: 'its images score 0', others: [] }],
    services: [],
    balancers: [],
    groups: [],
  };
}

function desiredFrontVm(infrastructure: Infrastructure): DesiredVm {
  const { id } = infrastructure;
  const disk = diskName(infrastructure, { systemId: 'front', number: 1, index: 1, isPersistent: false });
  return {
    vmm: 'memory',
    systemId: 'front',
    number: 1,
    ordinal: 0,
    isStopped: false,
    spec: {
      name: vmName(id, 'front', 1),
      tag: brandId('Tag', id),
      hostName: 'front',
      image: { location: '/images/debian', digest: sha256OfText('debian') },
      cpuCount: 1,
      memoryMiB: 512,
      interfaces: [{ network: networkName(id, 'private') }],
      disks: [{ disk, mountPath: '/mnt/data' }],
    },
    configurations: [exampleConfiguration()],
    peers: [],
  };
}

export function exampleConfiguration(changes: Partial<DesiredConfiguration> = {}): DesiredConfiguration {
  return {
    step: 1,
    configurator: 'puppet',
    recipe: {
      kind: 'resource-lines',
      lines: [{ type: 'deploy_gs', title: 'a.gar', attributes: { z: '1', a: '"2"' } }],
    },
    applications: [],
    components: [{ fileName: 'a.gar', version: '1', digest: sha256OfText('a.gar') }],
    secrets: [{ name: 'sealing-key', byteCount: 32 }],
    endpoints: [{ service: 'a', protocol: 'https', port: 8443, readyPath: '/readyz' }],
    usesPeers: false,
    timeoutMs: 900_000,
    digest: sha256OfText('configuration'),
    ...changes,
  };
}

/** With everything that a plan may have. */
export function examplePlan(infrastructure: Infrastructure, desired: DesiredInfrastructure): Plan {
  return {
    id: newPlanId(),
    infrastructureId: infrastructure.id,
    kind: 'deploy',
    target: exampleTarget(),
    impulse: { kind: 'reboot', vms: desired.vms.map(({ spec }) => spec.name) },
    steps: planDeploy(desired, nothingObserved, { hash: sha256OfJson }),
    images: [exampleImage],
    placements: [
      {
        systemIds: ['front'],
        vmm: 'memory',
        because: 'its images score 0.5',
        others: [{ vmm: 'second', because: 'front: no image', isPossible: false }],
      },
    ],
    cost: { currency: 'EUR', perHour: 0.25, unpriced: ['second'] },
    quotas: [{ whose: 'memory', what: 'vms', used: 1, asked: 1, limit: 4 }],
    basedOn: newPlanId(),
    persistentDisks: desired.disks.map(({ name }) => name),
    observedDigest: sha256OfText('nothing'),
    createdAt: new Date(2000),
    createdBy: 'ben',
  };
}

const exampleImage: Plan['images'][number] = {
  systemId: 'front',
  vmm: 'memory',
  vmiId: 'debian' as VmiId,
  vmiName: 'Debian',
  digest: sha256OfText('debian'),
  score: 0.5,
  verdicts: [
    {
      requirement: { kind: 'application', name: 'jdk', operator: '>=', version: '1.6' },
      holds: true,
      because: 'it has jdk 1.7',
    },
  ],
};

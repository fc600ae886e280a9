import { type VmiId, brandId, newInfrastructureId, newPlanId, sha256OfText } from '@trencadis/ids';
import type { DesiredInfrastructure, DesiredVm, Infrastructure, Plan } from '../model.ts';
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
    createdAt: new Date(1000),
    isDestroyRequested: false,
    ...changes,
  };
}

/** One configured VM with a database and a disk of its own. */
export function desiredFront(infrastructure: Infrastructure): DesiredInfrastructure {
  const { id } = infrastructure;
  const tag = brandId('Tag', id);
  const vm = desiredFrontVm(infrastructure);
  return {
    id,
    tag,
    vmm: 'memory',
    networks: [{ name: networkName(id, 'private'), tag, kind: 'private' }],
    disks: vm.spec.disks.map(({ disk }) => ({ name: disk, tag, sizeGiB: 2, isPersistent: false })),
    vms: [vm],
    databases: [{ name: 'SQL_Keys', user: 'sql_keys', heldBy: vm.spec.name, usedBy: [vm.spec.name] }],
    images: [],
  };
}

function desiredFrontVm(infrastructure: Infrastructure): DesiredVm {
  const { id } = infrastructure;
  const network = networkName(id, 'private');
  const disk = diskName(infrastructure, { systemId: 'front', number: 1, index: 1, isPersistent: false });
  return {
    vmm: 'memory',
    systemId: 'front',
    spec: {
      name: vmName(id, 'front', 1),
      tag: brandId('Tag', id),
      hostName: 'front',
      image: { location: '/images/debian', digest: sha256OfText('debian') },
      cpuCount: 1,
      memoryMiB: 512,
      interfaces: [{ network }],
      disks: [{ disk, mountPath: '/mnt/data' }],
    },
    networkIds: { [network]: 'private' },
    configuration: {
      configurator: 'puppet',
      recipe: {
        kind: 'resource-lines',
        lines: [{ type: 'deploy_gs', title: 'a.gar', attributes: { z: '1', a: '"2"' } }],
      },
      components: [{ fileName: 'a.gar', version: '1', digest: sha256OfText('a.gar') }],
      secrets: [{ name: 'sealing-key', byteCount: 32 }],
      endpoints: [{ service: 'a', protocol: 'https', port: 8443, readyPath: '/readyz' }],
      digest: sha256OfText('configuration'),
    },
  };
}

export function examplePlan(infrastructure: Infrastructure, desired: DesiredInfrastructure): Plan {
  const { radl, dialect, parameters } = infrastructure;
  return {
    id: newPlanId(),
    infrastructureId: infrastructure.id,
    kind: 'deploy',
    document: { radl, dialect, parameters },
    steps: planDeploy(desired, nothingObserved),
    images: [
      {
        systemId: 'front',
        vmiId: 'debian' as VmiId,
        vmiName: 'Debian',
        score: 0.5,
        verdicts: [
          {
            requirement: { kind: 'application', name: 'jdk', operator: '>=', version: '1.6' },
            holds: true,
            because: 'it has jdk 1.7',
          },
        ],
      },
    ],
    createdAt: new Date(2000),
  };
}

import { fileURLToPath } from 'node:url';
import { brandId, newInfrastructureId, sha256OfText } from '@trencadis/ids';
import { seal, sealingKeyOfPassphrase } from '@trencadis/sealing';
import { readServiceDescription } from '@trencadis/service-repository';
import { keyServerRequest } from '../deployment/simulated-service.ts';

/** What is added or registered, and at last removed. */
export const added = { fileName: 'bytes.conf', version: '1.0.0', name: 'keys' };
export const keyServer = await readServiceDescription(
  fileURLToPath(new URL('../../service-descriptions/key-server', import.meta.url)),
);
export const image = { imageId: 'awaited', number: '1', digest: sha256OfText('bytes'), channel: 'stable' };
export const imageMetadata = {
  architecture: 'x86_64',
  operatingSystem: { name: 'linux', flavour: 'Debian', version: '12' },
  applications: [],
  standIns: [],
};
export const disk = { vmm: 'memory', diskName: brandId('DiskName', 'persistent-keys') };

/** A service that is deployed, and its replica. */
export const deployed = { service: 'front', replica: brandId('VmName', 'front-1') };

/** With whom the infrastructures of these tests are shared. */
export const shares = [
  { group: 'readers', right: 'read' },
  { group: 'changers', right: 'change' },
] as const;

const description = { ...keyServer, name: added.name, version: added.version };
export const passphrase = 'a long passphrase';
const salt = Buffer.alloc(16, 1);
/** Costs its time once. */
const key = await sealingKeyOfPassphrase(passphrase, salt);

/** A valid body for each route that takes one. */
const bodies: Readonly<Record<string, unknown>> = {
  plan: { name: 'keys', document: keyServerRequest.document },
  planChange: { kind: 'repair' },
  apply: { onFailure: 'undo' },
  cancel: { mode: 'keep' },
  changeTerms: { shares },
  exportInfrastructure: { passphrase },
  addComponent: 'bytes',
  searchImages: { query: 'disk.os.name = linux' },
  importImages: {},
  createImage: { id: 'made', name: 'Made' },
  updateImage: { description: 'changed' },
  addImageVersion: { metadata: imageMetadata, artifacts: [] },
  uploadImage: 'bytes',
  addImageArtifact: { vmm: 'ec2', nativeId: 'ami-1', location: '', digest: sha256OfText('ami-1') },
  changeImageState: { state: 'deprecated', at: '2100-01-01T00:00:00Z' },
  setImageChannel: { version: 1 },
  deliverComponent: { vmName: 'gt4' },
  renderService: { values: { 'token-issuers': [] } },
  validateService: description,
  registerService: description,
  scaleService: { desired: 3 },
  suspendService: { processes: ['scale'] },
  resumeService: {},
  protectReplicas: { vms: [deployed.replica] },
  standByReplicas: { vms: [deployed.replica] },
  rollService: { act: 'pause' },
  issueServiceToken: {},
  signalHook: { verdict: 'continue' },
  pushMetrics: { metrics: { 'queue-length': 7 } },
};

export function bodyFor(route: string): unknown {
  return route === 'importInfrastructure' ? { bundle: bundleOf(['memory']), passphrase } : bodies[route];
}

/** And a query, likewise. */
export const queries: Readonly<Record<string, string>> = {
  addComponent: `?digest=${sha256OfText('bytes')}`,
  uploadImage: '?offset=0',
};

/** An infrastructure as another platform exported it, which has never been here. */
export function bundleOf(vmms: readonly string[]) {
  const id = newInfrastructureId();
  return {
    format: 'trencadis-infrastructure@1',
    id,
    name: id,
    document: keyServerRequest.document,
    members: [],
    nextOrdinal: 0,
    usage: { vms: 0, cpuCount: 0, memoryMiB: 0 },
    vmms,
    shares: [],
    configured: {},
    salt: salt.toString('base64url'),
    secrets: seal(Buffer.from('{}'), key, id),
  };
}

import { type Id, type IdKind, parseId } from '@trencadis/ids';
import { z } from 'zod';

/** Arguments of every step kind: parsed again when a plan is read back. Names, never secrets. */
function id<Kind extends IdKind>(kind: Kind) {
  return z.custom<Id<Kind>>(
    (value) => typeof value === 'string' && parseId(kind, value) !== undefined,
    `not a ${kind}`,
  );
}

const vmm = z.string().min(1);

const port = z.number().int().min(0).max(65_535);

const openPortsSchema = z
  .array(
    z.object({
      protocol: z.enum(['tcp', 'udp', 'icmp']),
      from: port,
      to: port,
      localPort: port.exactOptional(),
      source: z.string().exactOptional(),
    }),
  )
  .readonly();

const networkSpecSchema = z.object({
  name: id('NetworkName'),
  tag: id('Tag'),
  kind: z.enum(['public', 'private']),
  subnet: z.string().exactOptional(),
  openPorts: openPortsSchema.exactOptional(),
  providerNetwork: z.string().exactOptional(),
});
export const createNetworkArgs = z.object({ vmm, spec: networkSpecSchema });
export type CreateNetworkArgs = z.infer<typeof createNetworkArgs>;

/** `previous`: the open ports that undoing goes back to. */
export const updateNetworkArgs = createNetworkArgs.extend({ previous: openPortsSchema });
export type UpdateNetworkArgs = z.infer<typeof updateNetworkArgs>;

export const deleteNetworkArgs = z.object({ vmm, name: id('NetworkName') });
export type DeleteNetworkArgs = z.infer<typeof deleteNetworkArgs>;

const diskSpecSchema = z.object({
  name: id('DiskName'),
  tag: id('Tag'),
  sizeGiB: z.number().positive(),
});
export const createDiskArgs = z.object({
  infrastructureId: id('InfrastructureId'),
  vmm,
  spec: diskSpecSchema,
  isPersistent: z.boolean(),
});
export type CreateDiskArgs = z.infer<typeof createDiskArgs>;

export const deleteDiskArgs = z.object({ vmm, name: id('DiskName') });
export type DeleteDiskArgs = z.infer<typeof deleteDiskArgs>;

const vmDisks = z.array(z.object({ disk: id('DiskName'), mountPath: z.string().min(1) })).readonly();

const desiredVmSpecSchema = z.object({
  name: id('VmName'),
  tag: id('Tag'),
  hostName: z.string().min(1),
  image: z.object({ location: z.string().min(1), digest: id('Sha256') }),
  cpuCount: z.number().positive(),
  memoryMiB: z.number().int().positive(),
  interfaces: z
    .array(z.object({ network: id('NetworkName'), address: z.string().exactOptional() }))
    .readonly(),
  disks: vmDisks,
  userData: z.string().exactOptional(),
  instanceType: z.string().exactOptional(),
  zone: z.string().exactOptional(),
  spot: z.object({ maxPerHour: z.number().exactOptional() }).exactOptional(),
});
export const createVmArgs = z.object({
  infrastructureId: id('InfrastructureId'),
  vmm,
  spec: desiredVmSpecSchema,
});
export type CreateVmArgs = z.infer<typeof createVmArgs>;

export const deleteVmArgs = z.object({ infrastructureId: id('InfrastructureId'), vmm, name: id('VmName') });
export type DeleteVmArgs = z.infer<typeof deleteVmArgs>;

/** `previous`: what undoing goes back to. */
export const updateVmArgs = createVmArgs.extend({
  previous: z.object({
    cpuCount: z.number().positive(),
    memoryMiB: z.number().int().positive(),
    disks: vmDisks,
    instanceType: z.string().exactOptional(),
  }),
});
export type UpdateVmArgs = z.infer<typeof updateVmArgs>;

export const barrierArgs = z.object({});
export type BarrierArgs = z.infer<typeof barrierArgs>;

export const vmArgs = z.object({ vmm, name: id('VmName') });
export type VmArgs = z.infer<typeof vmArgs>;

/** The document's id of the network whose `proxy_host` is on the way; the host and its key stay in the document. */
const bastion = z.string().exactOptional();

export const awaitShellArgs = vmArgs.extend({ infrastructureId: id('InfrastructureId'), bastion });
export type AwaitShellArgs = z.infer<typeof awaitShellArgs>;

const mounts = z
  .array(
    z.object({
      disk: id('DiskName'),
      mountPath: z.string().min(1),
      fsType: z.string().regex(/^[a-z0-9]+$/, 'not the name of a file system'),
    }),
  )
  .readonly();

/** All that shall be mounted of what the platform mounts; `previous`: what undoing goes back to, where the VM stays. */
export const mountDisksArgs = awaitShellArgs.extend({ disks: mounts, previous: mounts.exactOptional() });
export type MountDisksArgs = z.infer<typeof mountDisksArgs>;

export const snapshotVmArgs = awaitShellArgs.extend({ systemId: z.string(), imageName: z.string().min(1) });
export type SnapshotVmArgs = z.infer<typeof snapshotVmArgs>;

const resourceLinesSchema = z
  .array(z.object({ type: z.string(), title: z.string(), attributes: z.record(z.string(), z.string()) }))
  .readonly();

const recipeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('resource-lines'), lines: resourceLinesSchema }),
  z.object({ kind: z.literal('text'), text: z.string(), lines: resourceLinesSchema.exactOptional() }),
]);

const configurationSchema = z.object({
  step: z.number().int().positive(),
  configurator: z.enum(['puppet', 'ansible', 'cloud-init']),
  recipe: recipeSchema,
  components: z
    .array(z.object({ fileName: z.string(), version: z.string(), digest: id('Sha256') }))
    .readonly(),
  applications: z
    .array(
      z.object({
        name: z.string(),
        version: z.string().exactOptional(),
        path: z.string().exactOptional(),
        isInImage: z.boolean().exactOptional(),
      }),
    )
    .readonly(),
  secrets: z.array(z.object({ name: z.string(), byteCount: z.number().int().positive() })).readonly(),
  endpoints: z
    .array(
      z.object({ service: z.string(), protocol: z.string(), port: z.number().int(), readyPath: z.string() }),
    )
    .readonly(),
  usesPeers: z.boolean(),
  timeoutMs: z.number().positive(),
  digest: id('Sha256'),
});

export const configureVmArgs = z.object({
  infrastructureId: id('InfrastructureId'),
  vmm,
  bastion,
  name: id('VmName'),
  systemId: z.string(),
  /** VMs on whose addresses the result builds. */
  peers: z.union([z.literal('all'), z.array(id('VmName')).readonly()]),
  /** The document's id of each network, by its name at the VM managers. */
  networkIds: z.record(z.string(), z.string()),
  databases: z
    .array(
      z.object({
        name: z.string(),
        user: z.string(),
        heldBy: id('VmName'),
        usedBy: z.array(id('VmName')).readonly(),
      }),
    )
    .readonly(),
  configuration: configurationSchema,
});
export type ConfigureVmArgs = z.infer<typeof configureVmArgs>;

export const adoptTargetArgs = z.object({ infrastructureId: id('InfrastructureId'), planId: id('PlanId') });
export type AdoptTargetArgs = z.infer<typeof adoptTargetArgs>;

export const forgetInfrastructureArgs = z.object({ infrastructureId: id('InfrastructureId') });
export type ForgetInfrastructureArgs = z.infer<typeof forgetInfrastructureArgs>;

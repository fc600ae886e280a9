import { type Id, type IdKind, idPatterns } from '@trencadis/ids';
import type {
  BootableImage,
  Disk,
  InstanceType,
  Network,
  NetworkSpec,
  RightCheck,
  Vm,
  VmImage,
  VmSpec,
  VmmQuota,
} from '@trencadis/vmm';
import { z } from 'zod';

/** A text of that kind; the brand is known to the compiler only, so both sides take and give it. */
const id = <Kind extends IdKind>(kind: Kind) =>
  z.string().regex(idPatterns[kind], `is no ${kind}`) as unknown as z.ZodType<Id<Kind>, Id<Kind>>;
const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();

export const vmName = id('VmName');
export const networkName = id('NetworkName');
export const diskName = id('DiskName');
export const tag = id('Tag');
/** Of an image; whether it is right is the driver's to say. */
export const imageName = z.string().min(1).max(256);

const image = z.object({ location: z.string(), digest: id('Sha256') });
const size = { cpuCount: z.number().positive(), memoryMiB: z.number().positive() };
const disks = list(z.object({ disk: diskName, mountPath: z.string() }));

const placing = { instanceType: z.string().exactOptional(), zone: z.string().exactOptional() };

export const vmSpec = z.object({
  name: vmName,
  tag,
  hostName: z.string(),
  image,
  ...size,
  interfaces: list(z.object({ network: networkName, address: z.ipv4().exactOptional() })),
  disks,
  login: z.object({ user: z.string(), authorizedKey: z.string() }),
  userData: z.string().exactOptional(),
  ...placing,
  spot: z.object({ maxPerHour: z.number().positive().exactOptional() }).exactOptional(),
}) satisfies z.ZodType<VmSpec>;

export const vm = z.object({
  name: vmName,
  tag,
  status: z.enum(['creating', 'running', 'stopped', 'failed']),
  image,
  ...size,
  addresses: list(
    z.object({ network: networkName, address: z.string(), publicAddress: z.string().exactOptional() }),
  ),
  disks,
  devices: z.record(z.string(), z.string()).exactOptional(),
  ...placing,
  ssh: z.object({ host: z.string(), port: z.number(), user: z.string() }).exactOptional(),
  hostKeys: list(z.string()),
  failure: z.string().exactOptional(),
}) satisfies z.ZodType<Vm>;

const port = z.int().min(0).max(65_535);
const openPorts = z.object({
  protocol: z.enum(['tcp', 'udp', 'icmp']),
  from: port,
  to: port,
  localPort: port.exactOptional(),
  source: z.cidrv4().exactOptional(),
});
export const networkSpec = z.object({
  name: networkName,
  tag,
  kind: z.enum(['public', 'private']),
  subnet: z.string().exactOptional(),
  openPorts: list(openPorts).exactOptional(),
  providerNetwork: z.string().exactOptional(),
}) satisfies z.ZodType<NetworkSpec>;
export const network = networkSpec.extend({ subnet: z.string() }) satisfies z.ZodType<Network>;
export const disk = z.object({
  name: diskName,
  tag,
  sizeGiB: z.number().positive(),
}) satisfies z.ZodType<Disk>;
export const snapshotSpec = z.object({ vm: vmName, name: imageName, tag });
export const vmImage = image.extend({ name: z.string(), tag }) satisfies z.ZodType<VmImage>;

const use = z.object({ used: z.number(), limit: z.number() }).exactOptional();
export const quota = z.object({
  vms: use,
  cpuCount: use,
  memoryMiB: use,
  networks: use,
  diskGiB: use,
}) satisfies z.ZodType<VmmQuota>;

const price = z.object({
  currency: z.string(),
  perHour: z.number().exactOptional(),
  spotPerHour: z.number().exactOptional(),
});
export const instanceType = z.object({
  name: z.string(),
  ...size,
  architecture: z.string().exactOptional(),
  gpuCount: z.number().exactOptional(),
  zones: list(z.string()).exactOptional(),
  price: price.exactOptional(),
}) satisfies z.ZodType<InstanceType>;

export const rightCheck = z.object({
  right: z.string(),
  holds: z.boolean(),
  because: z.string(),
}) satisfies z.ZodType<RightCheck>;

export const bootableImage = image.extend({
  name: z.string(),
  description: z.string().exactOptional(),
  architecture: z.string().exactOptional(),
  operatingSystem: z.object({ name: z.string(), flavour: z.string(), version: z.string() }).exactOptional(),
  minDiskGiB: z.number().exactOptional(),
  minMemoryMiB: z.number().exactOptional(),
}) satisfies z.ZodType<BootableImage>;

/** What somebody changes past the platform. */
export const sizeChange = z.strictObject({
  cpuCount: size.cpuCount.exactOptional(),
  memoryMiB: size.memoryMiB.exactOptional(),
});

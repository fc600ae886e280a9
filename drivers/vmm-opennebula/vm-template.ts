import { PlatformError } from '@trencadis/errors';
import { contains, parseAddress, parseRange } from '@trencadis/ipv4';
import { generateSshKeyPair } from '@trencadis/ssh-keys';
import type { VmSpec } from '@trencadis/vmm';
import { contextOf } from './context.ts';
import { invalid, notFound } from './errors.ts';
import { mark, ownerMarks } from './marks.ts';
import { type OwnedImage, ownImages, ownedOf } from './one-image.ts';
import { type OneNetwork, networksIn, ownPools } from './one-network.ts';
import type { RootSource } from './root-source.ts';
import type { Site } from './site.ts';
import { type Attributes, type Vector, templateText } from './template-text.ts';
import { childOf, childrenOf } from './xml-read.ts';
import type { XmlElement } from './xml-tree.ts';

/** The template of a new VM, with a host key of its own: complete for one made of an image, else what is added. */
export async function vmTemplate(
  site: Site,
  { spec, source }: { readonly spec: VmSpec; readonly source: RootSource },
  signal: AbortSignal,
): Promise<string> {
  const base = source.kind === 'template' ? source.template : undefined;
  const nics = await nicsOf(site, spec, signal);
  const disks = await disksOf(site, spec, signal);
  // What is said more of a template takes the place of all that it has under that name: its own has to be said again.
  const roots = source.kind === 'image' ? [{ IMAGE_ID: source.id }] : vectorsIn(base, 'DISK');
  const hostKey = generateSshKeyPair(spec.hostName);
  const [context = {}] = vectorsIn(base, 'CONTEXT');
  return templateText({
    NAME: spec.name,
    ...capacity(site, spec),
    DISK: disks.length === 0 && source.kind === 'template' ? undefined : [...roots, ...disks],
    NIC: nics.length === 0 ? undefined : nics,
    CONTEXT: { ...context, ...contextOf(spec, hostKey) },
    ...(site.account.cluster === undefined
      ? {}
      : { SCHED_REQUIREMENTS: `CLUSTER_ID = ${site.account.cluster}` }),
    ...ownerMarks('vm', spec),
    [mark.image]: spec.image.location,
    [mark.imageDigest]: spec.image.digest,
    [mark.hostKey]: withoutComment(hostKey.publicKey),
    [mark.login]: spec.login.user,
  });
}

const withoutComment = (key: string): string => key.split(' ').slice(0, 2).join(' ');

/** CPU is what it claims of a host, VCPU what it sees. */
export function capacity(
  { account }: Site,
  { cpuCount, memoryMiB }: Pick<VmSpec, 'cpuCount' | 'memoryMiB'>,
): Attributes {
  return {
    CPU: Number((cpuCount * account.cpuShare).toFixed(2)),
    VCPU: cpuCount,
    MEMORY: memoryMiB,
  };
}

function vectorsIn(template: XmlElement | undefined, name: string): readonly Vector[] {
  return childrenOf(template, name).map((element) =>
    Object.fromEntries(element.children.map((child) => [child.name, child.text])),
  );
}

async function nicsOf(site: Site, spec: VmSpec, signal: AbortSignal): Promise<readonly Vector[]> {
  if (spec.interfaces.length === 0) return [];
  const networks = networksIn(await ownPools(site, signal));
  return spec.interfaces.map(({ network: name, address }) => {
    const found = networks.find(({ network }) => network.name === name);
    if (found === undefined) throw notFound('network', name);
    refuseUnfinished(found);
    if (address !== undefined) checkAddress(spec, found, address);
    return nicVector(found, address);
  });
}

/** Its own network says its group itself; one that is lent cannot. */
function nicVector({ network, vnet, group }: OneNetwork, address: string | undefined): Vector {
  return {
    NETWORK_ID: vnet?.id ?? group?.lentNetworkId,
    IP: address,
    SECURITY_GROUPS: vnet === undefined ? group?.id : undefined,
    [mark.network]: network.name,
    [mark.isPublic]: network.kind === 'public' ? 'YES' : 'NO',
  };
}

/** Before its group is the only one, everybody would reach its VMs. */
function refuseUnfinished({ network, vnet, group }: OneNetwork): void {
  const isThere = vnet !== undefined || group?.lentNetworkId !== undefined;
  const isGuarded = vnet === undefined || vnet.securityGroups.every((id) => id === group?.id);
  if (isThere && (network.kind === 'private' || isGuarded)) return;
  const message = `The network ${network.name} is not finished: create it again first.`;
  throw new PlatformError('unavailable', message, { subject: network.name });
}

function checkAddress(spec: VmSpec, { network }: OneNetwork, text: string): void {
  const subnet = parseRange(network.subnet);
  if (subnet !== undefined && contains(subnet, parseAddress(text))) return;
  throw invalid('VM', spec.name, `${text} is no address of the network ${network.name}, ${network.subnet}`);
}

async function disksOf(site: Site, spec: VmSpec, signal: AbortSignal): Promise<readonly Vector[]> {
  if (spec.disks.length === 0) return [];
  const owned = ownedOf(await ownImages(site, signal), 'disk');
  return spec.disks.map((wanted) => diskVector(freeDisk(owned, wanted.disk), wanted.mountPath));
}

/** Throws `not-found`; `conflict` where a VM has it. */
export function freeDisk(disks: readonly OwnedImage[], name: string): OwnedImage {
  const found = disks.find((disk) => disk.name === name);
  if (found === undefined) throw notFound('disk', name);
  if (found.vmIds.length > 0) {
    const message = `The disk ${name} is attached to the VM with number ${found.vmIds.join(', ')} at OpenNebula.`;
    throw new PlatformError('conflict', message, { subject: name });
  }
  return found;
}

/** Of a disk: what it is on the VM is said beside it, so that the VM alone tells all of its disks. */
export function diskVector({ id, name }: OwnedImage, mountPath: string): Vector {
  return { IMAGE_ID: id, [mark.disk]: name, [mark.mountPath]: mountPath };
}

/** Of a document: its TEMPLATE. */
export const templateIn = (document: XmlElement): XmlElement | undefined => childOf(document, 'TEMPLATE');

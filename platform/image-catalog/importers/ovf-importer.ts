import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import type { VmiArtifact, VmiMetadata } from '../model.ts';
import { type ImageImporter, type ImportedImage, idFromName } from './image-importer.ts';
import { type OvfDisk, type OvfSystem, readOvf } from './ovf-descriptor.ts';
import { verifyManifest } from './ovf-manifest.ts';
import { type OvfPackage, openOva, openOvf } from './ovf-package.ts';
import { isInnerPath } from './source-files.ts';

/**
 * OVF 1 and 2 envelopes (DSP0243): an `.ovf` file with its disks beside it, an `.ova` archive, or a directory of
 * either. Virtual hardware becomes the least that the image needs, the disk that boots its artifact, for libvirt. A
 * manifest is verified where there is one; certificates (`.cert`) are not. A disk in an archive is at
 * `file.ova#disk.vmdk`.
 */
export function createOvfImporter(): ImageImporter {
  return {
    name: 'ovf',
    async *read(source, signal): AsyncGenerator<ImportedImage> {
      for (const file of await listFiles(resolve(source))) {
        const ovf = await (/\.ova$/i.test(file) ? openOva(file, signal) : openOvf(file, signal));
        if (ovf.manifest !== undefined) await verifyManifest(ovf, ovf.manifest, signal);
        const place = ovf.locationOf(ovf.descriptorName);
        for (const system of readOvf(ovf.descriptor, place)) yield await toImage(system, ovf, signal);
      }
    },
  };
}

async function listFiles(source: string): Promise<readonly string[]> {
  const found = await stat(source).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    throw new PlatformError('not-found', `There is no file ${source}.`, { subject: source, cause });
  });
  const names = found.isDirectory() ? (await readdir(source)).toSorted() : [''];
  const files = names
    .map((name) => join(source, name).replace(/\/$/, ''))
    .filter((file) => /\.ov[af]$/i.test(file));
  if (files.length > 0) return files;
  const message = `${source} is neither an .ovf or .ova file nor a directory of them.`;
  throw new PlatformError('invalid-argument', message, { subject: source });
}

async function toImage(system: OvfSystem, ovf: OvfPackage, signal: AbortSignal): Promise<ImportedImage> {
  const { id, description, product, disks } = system;
  const [boot, ...others] = disks;
  return {
    id: idFromName(id),
    name: id,
    description: description || `Imported from ${ovf.descriptorName}.`,
    labels: product === undefined ? {} : { product: product.name },
    metadata: metadataOf(system, boot),
    artifacts: boot === undefined ? [] : [await artifactOf(system, boot, ovf, signal)],
    ...(product?.version === undefined ? {} : { sourceVersion: product.version }),
    warnings: warningsOf(system, ovf, others),
  };
}

function metadataOf(system: OvfSystem, boot: OvfDisk | undefined): VmiMetadata {
  const { architecture = 'unknown', operatingSystem, memoryMiB, firmware } = system;
  return {
    architecture,
    operatingSystem,
    applications: [],
    standIns: [],
    ...(boot === undefined ? {} : { minDiskGiB: Math.ceil(boot.capacityBytes / 2 ** 30) }),
    ...(memoryMiB === undefined ? {} : { minMemoryMiB: memoryMiB }),
    ...(firmware === undefined ? {} : { firmware }),
  };
}

async function artifactOf(
  { virtualSystemType }: OvfSystem,
  { fileName, capacityBytes, format }: OvfDisk,
  ovf: OvfPackage,
  signal: AbortSignal,
): Promise<VmiArtifact> {
  if (!isInnerPath(fileName)) {
    const place = ovf.locationOf(ovf.descriptorName);
    const message = `${place} names the disk file '${fileName}', which is not beside it; put it there.`;
    throw new PlatformError('invalid-argument', message, { subject: place });
  }
  const { SHA256 } = await ovf.digestsOf(fileName, signal);
  return {
    vmm: 'libvirt',
    location: ovf.locationOf(fileName),
    digest: brandId('Sha256', SHA256),
    format,
    virtualSizeBytes: capacityBytes,
    ...(virtualSystemType === undefined ? {} : { hypervisor: hypervisorOf(virtualSystemType) }),
  };
}

/** `vmx-19`: VMware's virtual hardware 19; `virtualbox-2.2`. */
function hypervisorOf(virtualSystemType: string): string {
  if (/^vmx-/i.test(virtualSystemType)) return 'vmware';
  return virtualSystemType.replace(/-[\d.]+$/, '').toLowerCase();
}

function warningsOf(
  { id, operatingSystem, architecture, disks }: OvfSystem,
  ovf: OvfPackage,
  others: readonly OvfDisk[],
): readonly string[] {
  const left = others.map(({ fileName }) => fileName).join(', ');
  return [
    ...(ovf.manifest === undefined
      ? ['there is no manifest, so nothing proves that the files are whole']
      : []),
    ...(operatingSystem.version === '' ? [`${id} says no version of its operating system`] : []),
    ...(architecture === undefined ? [`${id} says no architecture`] : []),
    ...(disks.length === 0 ? [`${id} has no disk file`] : []),
    ...(left === '' ? [] : [`${id} has more disks, which are not imported: ${left}`]),
  ];
}

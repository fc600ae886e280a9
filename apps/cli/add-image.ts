import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { PlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import { type CatalogEntry, type VmiArtifact, catalogEntrySchema } from '@trencadis/image-catalog';
import type { ImageClient, ImageVersionView } from '@trencadis/image-catalog/client';

interface ArtifactFile {
  readonly path: string;
  readonly artifact: VmiArtifact;
}

/** A new version of the entry's image with these files (`<vmm>=<path>`); goes on with one whose bytes are awaited. */
export async function addImage(
  images: ImageClient,
  entryFile: string,
  specifications: readonly string[],
): Promise<ImageVersionView> {
  const entry = await readEntry(entryFile);
  const files = await Promise.all(specifications.map(readArtifactFile));
  const version = await findOrAddVersion(images, entry, files);
  for (const file of files) await uploadFile(images, version, file);
  const { versions } = await images.showImage({ params: { imageId: entry.id } });
  return versions.find(({ number }) => number === version.number) ?? version;
}

async function readEntry(file: string): Promise<CatalogEntry> {
  const result = catalogEntrySchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new PlatformError('invalid-argument', `${file} is not a catalog entry: ${problems}.`, {
    subject: file,
  });
}

async function readArtifactFile(specification: string): Promise<ArtifactFile> {
  const [, vmm, path] = /^([\w-]+)=(.+)$/s.exec(specification) ?? [];
  if (vmm === undefined || path === undefined) {
    const message = `'${specification}' is not <vmm>=<path>, such as libvirt=disk.qcow2.`;
    throw new PlatformError('invalid-argument', message, { subject: specification });
  }
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return { path, artifact: { vmm, location: '', digest: brandId('Sha256', hash.digest('hex')) } };
}

async function findOrAddVersion(
  images: ImageClient,
  entry: CatalogEntry,
  files: readonly ArtifactFile[],
): Promise<ImageVersionView> {
  const { id, name, description, labels, ...metadata } = entry;
  const params = { imageId: id };
  const digests = files.map(({ artifact }): string => artifact.digest);
  const known = await showIfThere(images, id);
  const begun = known?.versions.findLast(
    ({ state, artifacts }) =>
      (state === 'queued' || state === 'uploading') &&
      artifacts.length === digests.length &&
      artifacts.every(({ digest }) => digests.includes(digest)),
  );
  if (begun !== undefined) return begun;
  if (known === undefined) {
    await images.createImage({
      body: { id, name, description, ...(labels === undefined ? {} : { labels }) },
    });
  }
  const artifacts = files.map(({ artifact }) => artifact);
  return images.addImageVersion({ params, body: { metadata, artifacts } });
}

async function showIfThere(images: ImageClient, imageId: string) {
  try {
    return await images.showImage({ params: { imageId } });
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'not-found') return undefined;
    throw error;
  }
}

async function uploadFile(images: ImageClient, version: ImageVersionView, file: ArtifactFile): Promise<void> {
  const { imageId, number } = version;
  const params = { imageId, number, digest: file.artifact.digest };
  const { offset } = await images.showImageUpload({ params });
  const isAwaited = version.artifacts.some(
    ({ digest, location }) => digest === params.digest && location === '',
  );
  if (!isAwaited) return;
  const bytes = createReadStream(file.path, { start: offset });
  await images.uploadImage({ params, query: { offset }, bytes });
  await images.completeImageUpload({ params });
}

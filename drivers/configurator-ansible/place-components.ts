import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliveredComponent } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import { sha256OfBytes } from '@trencadis/ids';
import { type ReadEntry, list, extract } from 'tar';
import { parse } from 'yaml';
import type { JobFolder } from './job-folder.ts';

const archiveSuffix = /\.(tar\.gz|tgz)$/;

/**
 * Puts each component where Ansible looks for it: archives of roles and collections unpacked on their paths, other files
 * in `files/` beside the playbook, where `copy` and `template` find them by name.
 */
export async function placeComponents(
  folder: JobFolder,
  components: readonly DeliveredComponent[],
): Promise<void> {
  for (const component of components) {
    const content = Buffer.from(await component.content());
    assertIntact(component, content);
    assertPlainName(component);
    const file = `files/${component.fileName}`;
    await folder.write(file, content);
    if (archiveSuffix.test(component.fileName))
      await unpack(folder, component.fileName, join(folder.path, file));
  }
}

async function unpack(folder: JobFolder, fileName: string, archive: string): Promise<void> {
  const place = await placeOf(fileName, archive);
  if (!place) return;
  const target = join(folder.path, place.folder);
  await mkdir(target, { recursive: true, mode: 0o700 });
  // With `strict`, paths and links that lead out of the folder are errors; else they would be left out.
  const options = { file: archive, cwd: target, strip: place.strip, preserveOwner: false, strict: true };
  await extract(options).catch((error: unknown) => {
    throw unreadable(fileName, error);
  });
}

interface Place {
  readonly folder: string;
  /** Leading folders of the archive to leave out. */
  readonly strip: number;
}

/** Galaxy's archives of collections have MANIFEST.json at their root; a role's mostly have one folder around it. */
async function placeOf(fileName: string, archive: string): Promise<Place | undefined> {
  const paths: string[] = [];
  const manifests: { readonly path: string; readonly text: () => string }[] = [];
  const onReadEntry = (entry: ReadEntry): void => {
    const { path } = entry;
    paths.push(path);
    if (!/^(\.\/)?([^/]+\/)?(MANIFEST\.json|galaxy\.yml)$/.test(path)) return;
    const pieces: Buffer[] = [];
    entry.on('data', (piece: Buffer) => pieces.push(piece));
    manifests.push({ path, text: () => Buffer.concat(pieces).toString() });
  };
  await list({ file: archive, onReadEntry, strict: true }).catch((error: unknown) => {
    throw unreadable(fileName, error);
  });
  const [manifest] = manifests;
  if (manifest) return collectionPlace(fileName, manifest.path, manifest.text());
  const role = paths.map((path) =>
    /^((?:\.\/)?(?:[^/]+\/)?)(?:tasks|meta|defaults|handlers)\/main\.ya?ml$/.exec(path),
  );
  const [, outside] = role.find((found) => found !== null) ?? [];
  if (outside === undefined) return undefined;
  return { folder: `roles/${fileName.replace(archiveSuffix, '')}`, strip: depthOf(outside) };
}

/** Folders above a path: `./a/b` has two. */
const depthOf = (path: string): number => path.split('/').length - 1;

function collectionPlace(fileName: string, path: string, text: string): Place {
  const manifest = parse(text) as { collection_info?: object } | null;
  const info: Readonly<Record<string, unknown>> = { ...manifest, ...manifest?.collection_info };
  const names = [info['namespace'], info['name']];
  if (!names.every((name) => typeof name === 'string' && /^\w+$/.test(name)))
    throw unreadable(fileName, new Error(`${path} does not say which collection it is`));
  return {
    folder: `collections/ansible_collections/${names.join('/')}`,
    strip: depthOf(path),
  };
}

function unreadable(fileName: string, cause: unknown): PlatformError {
  const why = cause instanceof Error ? cause.message : '';
  const message = `Component ${fileName} is no archive of a role or collection that can be read (${why}): add a .tar.gz of one.`;
  return new PlatformError('invalid-argument', message, { subject: fileName, cause });
}

function assertIntact({ fileName, digest }: DeliveredComponent, content: Buffer): void {
  if (sha256OfBytes(content) === digest) return;
  const message = `Component ${fileName} does not have the digest ${digest}: add the component to the repository again.`;
  throw new PlatformError('internal', message, { subject: fileName });
}

function assertPlainName({ fileName }: DeliveredComponent): void {
  if (/^\w[\w.+-]*$/.test(fileName)) return;
  const message = `A component's file name cannot be '${fileName}': letters, digits, '.', '_', '+' and '-'.`;
  throw new PlatformError('invalid-argument', message, { subject: fileName });
}

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { type Sha256, brandId, sha256OfBytes } from '@trencadis/ids';
import { compareTexts, compareVersions } from '@trencadis/image-catalog/versions';
import { AtomicFiles, isFileError, readFileIfPresent } from './atomic-files.ts';
import { componentSchema, componentTypes, nameSchema } from './component-schema.ts';
import { describeIssues } from './describe-issues.ts';
import type { Component, ComponentRepository } from './model.ts';
import { readManifest } from './read-manifest.ts';

type FileToAdd = Parameters<ComponentRepository['add']>[0];

/**
 * The repository of installation files (paper 4.2) as a folder, made when it is not there. Several processes may use
 * it at once. `blobs/<sha256>` holds the bytes, `components/<fileName>/<version>.json` what is known of each file;
 * the latter is written last, so a component that is listed is whole.
 */
export function openComponentRepository(options: { readonly directory: string }): ComponentRepository {
  return new FolderComponentRepository(options.directory);
}

class FolderComponentRepository implements ComponentRepository {
  readonly #blobs: string;
  readonly #components: string;
  readonly #files: AtomicFiles;

  constructor(directory: string) {
    this.#blobs = join(directory, 'blobs');
    this.#components = join(directory, 'components');
    this.#files = new AtomicFiles(directory);
  }

  async list(): Promise<readonly Component[]> {
    const fileNames = await listFolder(this.#components);
    const versions = await Promise.all(fileNames.map((fileName) => this.#listVersions(fileName)));
    return versions.flat();
  }

  async find(fileName: string): Promise<Component | undefined> {
    if (!nameSchema.safeParse(fileName).success) return undefined;
    return (await this.#listVersions(fileName)).at(-1);
  }

  async read(component: Component): Promise<Buffer> {
    const content = await readFileIfPresent(this.#blobPath(component.digest));
    const what = `${component.fileName} ${component.version}`;
    if (content === undefined) {
      const message = `The component repository does not hold the content of ${what}; add the file again.`;
      throw new PlatformError('not-found', message, { subject: component.fileName });
    }
    if (sha256OfBytes(content) === component.digest) return content;
    const message = `The content of ${what} in the component repository is damaged (its SHA-256 is not ${component.digest}); add the file again.`;
    throw new PlatformError('internal', message, { subject: component.fileName });
  }

  async add(file: FileToAdd): Promise<Component> {
    const component = await describeComponent(file);
    const path = join(this.#components, component.fileName, `${component.version}.json`);
    const known = await this.#findIndexed(path);
    if (known !== undefined) assertSameContent(known, component);
    // Written even when it is there: adding a file again repairs a damaged blob.
    await this.#files.replace(this.#blobPath(component.digest), file.content);
    if (known !== undefined) return known;
    const isFirst = await this.#files.create(path, `${JSON.stringify(component, null, 2)}\n`);
    // Another added it in between: now it is known.
    return isFirst ? component : this.add(file);
  }

  /** Oldest first. */
  async #listVersions(fileName: string): Promise<readonly Component[]> {
    const names = await listFolder(join(this.#components, fileName));
    const found = await Promise.all(
      names.map((name) => this.#findIndexed(join(this.#components, fileName, name))),
    );
    return found
      .filter((component) => component !== undefined)
      .toSorted((a, b) => compareVersions(a.version, b.version) || compareTexts(a.version, b.version));
  }

  async #findIndexed(path: string): Promise<Component | undefined> {
    const source = await readFileIfPresent(path);
    if (source === undefined) return undefined;
    const result = componentSchema.safeParse(parseJson(source.toString('utf8')));
    if (result.success) return result.data;
    const message = `The component repository's file ${path} is damaged (${describeIssues(result.error)}); remove it and add the component again.`;
    throw new PlatformError('internal', message, { subject: path });
  }

  #blobPath(digest: Sha256): string {
    return join(this.#blobs, brandId('Sha256', digest));
  }
}

async function describeComponent(file: FileToAdd): Promise<Component> {
  assertName('file name', file.fileName);
  assertName('version', file.version);
  const type = typeOf(file.fileName);
  return {
    fileName: file.fileName,
    version: file.version,
    type,
    description: file.description,
    digest: sha256OfBytes(file.content),
    sizeBytes: file.content.byteLength,
    ...(type === 'gar' ? { manifest: await readManifest(file.fileName, file.content) } : {}),
  };
}

function assertName(what: string, name: string): void {
  const result = nameSchema.safeParse(name);
  if (result.success) return;
  const problem = result.error.issues[0]?.message ?? 'is not allowed';
  const message = `The ${what} '${name}' of a component ${problem}.`;
  throw new PlatformError('invalid-argument', message, { subject: name });
}

/** The paper's Table 2 knows four; the extension says which, in either case (`database.SQL`). */
function typeOf(fileName: string): Component['type'] {
  const type = componentTypes.find((known) => fileName.toLowerCase().endsWith(`.${known}`));
  if (type !== undefined) return type;
  const message = `The component '${fileName}' is of no known type: its name must end in .${componentTypes.join(', .')}.`;
  throw new PlatformError('invalid-argument', message, { subject: fileName });
}

function assertSameContent(known: Component, added: Component): void {
  if (known.digest === added.digest) return;
  const message = `${added.fileName} ${added.version} is in the component repository with other content; add it under another version.`;
  throw new PlatformError('conflict', message, {
    subject: added.fileName,
    details: { known: known.digest, added: added.digest },
  });
}

async function listFolder(path: string): Promise<readonly string[]> {
  try {
    return (await readdir(path)).toSorted(compareTexts);
  } catch (error) {
    if (isFileError(error, 'ENOENT')) return [];
    throw error;
  }
}

/** What is not JSON is no component either: `undefined`, which the schema refuses. */
function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

import { type Clock, systemClock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { sha256OfBytes } from '@trencadis/ids';
import { AtomicFiles, type ReceivedFile } from './atomic-files.ts';
import { ComponentIndex } from './component-index.ts';
import { ContentFolder } from './content-folder.ts';
import { type Draft, assertSameStatement, describeFile } from './describe-file.ts';
import type { Component, ComponentRepository, FileToAdd, Verification } from './model.ts';
import { readManifest } from './read-manifest.ts';
import { readPuppetModule } from './read-puppet-module.ts';
import { findDependents, nameOf, resolveDependencies } from './resolve-dependencies.ts';
import { type SignaturePolicy, assertDeliverable, judgeSignature, noSignatures } from './signature-policy.ts';

export interface ComponentRepositoryOptions {
  readonly directory: string;
  /** Without it signatures are neither required nor accepted: no key is trusted. */
  readonly signatures?: SignaturePolicy;
  /** Of one file; a larger one is refused as it comes. */
  readonly maxBytes?: number;
  /** Says how old what seems to be garbage is; the system's unless told. */
  readonly clock?: Clock;
  /** What still refers to a component and would miss it, in words: `service key-server 1.2.0`. */
  readonly findReferences?: (component: Component) => Promise<readonly string[]>;
}

/**
 * The repository of installation files (paper 4.2) as a folder, made when it is not there. Several processes may read
 * and add at once; removing is for one of them, the platform's server. `blobs/<sha256>` holds the bytes,
 * `components/<fileName>/<version>.json` what is known of each file; the latter is written last, so a component
 * that is listed is whole.
 */
export function openComponentRepository(options: ComponentRepositoryOptions): ComponentRepository {
  return new FolderComponentRepository(options);
}

class FolderComponentRepository implements ComponentRepository {
  readonly #options: ComponentRepositoryOptions;
  readonly #signatures: SignaturePolicy;
  readonly #files: AtomicFiles;
  readonly #index: ComponentIndex;
  readonly #contents: ContentFolder;
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(options: ComponentRepositoryOptions) {
    this.#options = options;
    this.#signatures = options.signatures ?? noSignatures;
    this.#files = new AtomicFiles(options.directory);
    this.#index = new ComponentIndex(options.directory, this.#files);
    this.#contents = new ContentFolder(options.directory, this.#files, options.clock ?? systemClock);
  }

  list(): Promise<readonly Component[]> {
    return this.#index.list();
  }

  find(fileName: string, version?: string): Promise<Component | undefined> {
    return this.#index.find(fileName, version);
  }

  async read(component: Component): Promise<Buffer> {
    assertDeliverable(this.#signatures, component);
    const content = await this.#contents.read(component);
    if (sha256OfBytes(content) === component.digest) return content;
    throw damaged(component);
  }

  async open(component: Component, range?: { readonly start: number; readonly end: number }) {
    assertDeliverable(this.#signatures, component);
    if ((await this.#contents.sizeOf(component)) !== component.sizeBytes) throw damaged(component);
    return this.#contents.stream(component, range);
  }

  async add(file: FileToAdd): Promise<Component> {
    const draft = describeFile(file, this.#signatures);
    await this.#assertAddable(draft);
    const content = file.content instanceof Uint8Array ? [file.content] : file.content;
    await using received = await this.#files.receive(content, this.#options.maxBytes);
    const component = await this.#completed(draft, received);
    return await this.#alone(async () => {
      await this.#assertAddable(component);
      // Placed even when it is there: adding a file again repairs a damaged content.
      await this.#contents.place(received);
      if (await this.#index.create(component)) return component;
      const known = await this.#index.get(component);
      assertSameStatement(known, component);
      return known;
    });
  }

  async verify(component: Component): Promise<Verification> {
    const found = await this.#contents.digestsOf(component);
    if (found === undefined) return { content: 'missing', signature: this.#judge(component, undefined) };
    const content = found.digest === component.digest ? 'intact' : 'damaged';
    return { content, signature: this.#judge(component, found.blake2b) };
  }

  async remove({ fileName, version }: Pick<Component, 'fileName' | 'version'>): Promise<void> {
    await this.#alone(async () => {
      const component = await this.#index.find(fileName, version);
      if (component === undefined) return;
      const dependents = findDependents(component, await this.#index.list()).map(nameOf);
      const references = (await this.#options.findReferences?.(component)) ?? [];
      const users = [...dependents, ...references];
      if (users.length > 0) throw stillNeeded(component, users);
      await this.#index.remove(component);
    });
  }

  async collectGarbage(): Promise<number> {
    return await this.#alone(async () => {
      const components = await this.#index.list();
      return await this.#contents.collectGarbage(new Set(components.map(({ digest }) => digest)));
    });
  }

  async #assertAddable(draft: Draft): Promise<void> {
    const known = await this.#index.find(draft.fileName, draft.version);
    if (known !== undefined) {
      assertSameStatement(known, draft);
      return;
    }
    const resolution = resolveDependencies<Draft>(draft, await this.#index.list());
    if (resolution.kind === 'resolved') return;
    const message = `${nameOf(draft)} cannot be added: ${resolution.problem}.`;
    throw new PlatformError('invalid-argument', message, { subject: draft.fileName });
  }

  async #completed(draft: Draft, received: ReceivedFile): Promise<Component> {
    const { digest, sizeBytes, path, blake2b } = received;
    if (draft.digest !== undefined && draft.digest !== digest) throw otherContent(draft, digest);
    if (judgeSignature(this.#signatures, draft.signature, blake2b) === 'invalid') throw forged(draft);
    return { ...draft, digest, sizeBytes, ...(await readContent(draft, path)) };
  }

  #judge({ signature }: Component, blake2b: Buffer | undefined): Verification['signature'] {
    return judgeSignature(this.#signatures, signature, blake2b ?? Buffer.alloc(0));
  }

  /** One change after the other, within this process. */
  #alone<Result>(change: () => Promise<Result>): Promise<Result> {
    const result = this.#lastChange.then(change);
    this.#lastChange = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}

/** What a file says of itself, where it is of a type that does. */
async function readContent(
  { type, fileName }: Draft,
  path: string,
): Promise<Pick<Component, 'manifest' | 'puppetModule'>> {
  if (type === 'gar') return { manifest: await readManifest(fileName, path) };
  if (type === 'puppet-module') return { puppetModule: await readPuppetModule(fileName, path) };
  return {};
}

function damaged(component: Component): PlatformError {
  const message = `The content of ${nameOf(component)} in the component repository is damaged (it is not that of SHA-256 ${component.digest}); add the file again.`;
  return new PlatformError('internal', message, { subject: component.fileName });
}

function otherContent(draft: Draft, digest: string): PlatformError {
  const message = `The content of ${nameOf(draft)} that arrived has the SHA-256 ${digest}, not ${draft.digest ?? ''} as declared: send the file again.`;
  return new PlatformError('invalid-argument', message, { subject: draft.fileName });
}

function forged(draft: Draft): PlatformError {
  const message = `The signature of ${nameOf(draft)} is not one of this content: the file or its .minisig was changed, or they do not belong together.`;
  return new PlatformError('forbidden', message, { subject: draft.fileName });
}

function stillNeeded(component: Component, users: readonly string[]): PlatformError {
  const message = `${nameOf(component)} cannot be removed: needed by ${users.join(', ')}.`;
  return new PlatformError('conflict', message, { subject: component.fileName, details: { users } });
}

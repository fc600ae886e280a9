import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { compareTexts, compareVersions } from '@trencadis/image-catalog/versions';
import { type AtomicFiles, orUndefined, readFileIfPresent } from './atomic-files.ts';
import { componentSchema, nameSchema } from './component-schema.ts';
import { describeIssues } from './describe-issues.ts';
import type { Component } from './model.ts';
import { nameOf } from './resolve-dependencies.ts';

type Named = Pick<Component, 'fileName' | 'version'>;

/** What is known of each component: one JSON file a version, written once. */
export class ComponentIndex {
  readonly #folder: string;
  readonly #files: AtomicFiles;

  constructor(directory: string, files: AtomicFiles) {
    this.#folder = join(directory, 'components');
    this.#files = files;
  }

  async list(): Promise<readonly Component[]> {
    const fileNames = await listFolder(this.#folder);
    const versions = await Promise.all(fileNames.map((fileName) => this.#listVersions(fileName)));
    return versions.flat();
  }

  async find(fileName: string, version?: string): Promise<Component | undefined> {
    if (!nameSchema.safeParse(fileName).success) return undefined;
    if (version === undefined) return (await this.#listVersions(fileName)).at(-1);
    if (!nameSchema.safeParse(version).success) return undefined;
    return await readIndexed(this.#pathOf({ fileName, version }));
  }

  async get(component: Named): Promise<Component> {
    const found = await this.find(component.fileName, component.version);
    if (found !== undefined) return found;
    const message = `The component repository holds no ${nameOf(component)}.`;
    throw new PlatformError('not-found', message, { subject: component.fileName });
  }

  /** `false` when that version is there. */
  async create(component: Component): Promise<boolean> {
    return await this.#files.create(this.#pathOf(component), `${JSON.stringify(component, null, 2)}\n`);
  }

  async remove(component: Named): Promise<void> {
    await rm(this.#pathOf(component), { force: true });
  }

  #pathOf({ fileName, version }: Named): string {
    return join(this.#folder, fileName, `${version}.json`);
  }

  /** Oldest first. */
  async #listVersions(fileName: string): Promise<readonly Component[]> {
    const folder = join(this.#folder, fileName);
    const names = await listFolder(folder);
    const found = await Promise.all(names.map((name) => readIndexed(join(folder, name))));
    return found
      .filter((component) => component !== undefined)
      .toSorted((a, b) => compareVersions(a.version, b.version) || compareTexts(a.version, b.version));
  }
}

async function readIndexed(path: string): Promise<Component | undefined> {
  const source = await readFileIfPresent(path);
  if (source === undefined) return undefined;
  const result = componentSchema.safeParse(parseJson(source.toString('utf8')));
  if (result.success) return result.data;
  const message = `The component repository's file ${path} is damaged (${describeIssues(result.error)}); remove it and add the component again.`;
  throw new PlatformError('internal', message, { subject: path });
}

async function listFolder(path: string): Promise<readonly string[]> {
  return ((await orUndefined(readdir(path))) ?? []).toSorted(compareTexts);
}

/** What is not JSON is no component either: `undefined`, which the schema refuses. */
function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

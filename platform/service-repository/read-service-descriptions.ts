import { readFile, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { detectDialect } from '@trencadis/radl';
import { problemsOfSchema } from './describe-issues.ts';
import type { ServiceDescription } from './model.ts';
import { serviceFileSchema } from './service-schema.ts';

/**
 * The descriptions `<directory>/<name>/`, by name. Folders without a `service.json` are passed over.
 * Throws `invalid-argument` naming the folder and everything wrong with its files; `not-found` without the directory.
 */
export async function readServiceDescriptions(directory: string): Promise<readonly ServiceDescription[]> {
  const folders: string[] = [];
  for (const folder of await listFolder(directory)) {
    if ((await listIfFolder(join(directory, folder))).includes('service.json')) folders.push(folder);
  }
  return Promise.all(folders.map((folder) => readServiceDescription(join(directory, folder))));
}

/**
 * One description's folder: `service.json`, `<name>.radl`, and for each choice that adds RADL text a fragment
 * `<parameter>.<choice>.radl`. Throws as {@link readServiceDescriptions}.
 */
export async function readServiceDescription(path: string): Promise<ServiceDescription> {
  const folder = resolve(path);
  const files = await listFolder(folder);
  const result = serviceFileSchema.safeParse(await readJson(join(folder, 'service.json')));
  if (!result.success) {
    const problems = problemsOfSchema(result.error).map(({ place, message }) => `${place}: ${message}`);
    throw invalidFolder(folder, problems.join('; '));
  }
  const file = result.data;
  if (file.name !== basename(folder)) {
    throw invalidFolder(folder, `service.json: name: must be '${basename(folder)}', the name of its folder`);
  }
  const main = `${file.name}.radl`;
  if (!files.includes(main)) throw invalidFolder(folder, `it has no ${main}`);
  const radl = await readFile(join(folder, main), 'utf8');
  const others = files.filter((name) => name.endsWith('.radl') && name !== main);
  return { ...file, radl, dialect: detectDialect(radl), fragments: await readFragments(folder, others) };
}

async function readFragments(
  folder: string,
  files: readonly string[],
): Promise<Record<string, Record<string, string>>> {
  const fragments: Record<string, Record<string, string>> = {};
  for (const file of files) {
    const [, parameter, choice] = /^([a-z][a-z0-9-]*)\.(\w[\w.-]*)\.radl$/.exec(file) ?? [];
    if (parameter === undefined || choice === undefined) {
      throw invalidFolder(folder, `${file} is no fragment: its name must be <parameter>.<choice>.radl`);
    }
    fragments[parameter] = {
      ...fragments[parameter],
      [choice]: await readFile(join(folder, file), 'utf8'),
    };
  }
  return fragments;
}

async function listFolder(path: string): Promise<readonly string[]> {
  try {
    return (await readdir(path)).toSorted();
  } catch (cause) {
    if (!isFileError(cause, 'ENOENT')) throw cause;
    const message = `There is no folder ${path}; name the one that holds service descriptions.`;
    throw new PlatformError('not-found', message, { subject: path, cause });
  }
}

async function listIfFolder(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (isFileError(error, 'ENOTDIR')) return [];
    throw error;
  }
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PlatformError('invalid-argument', `${file} cannot be read: ${reason}.`, {
      subject: file,
      cause,
    });
  }
}

function invalidFolder(folder: string, problems: string): PlatformError {
  const message = `${folder} is not a service description: ${problems}.`;
  return new PlatformError('invalid-argument', message, { subject: folder });
}

function isFileError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

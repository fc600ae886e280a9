import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { serviceManifestSchema } from '@trencadis/component-repository';
import { rolldown } from 'rolldown';
import { type BuildableService, buildableServices } from './buildable-services.ts';
import { licenceOfModules } from './licence-of-modules.ts';
import { packService } from './pack-service.ts';

/** An installation file (paper, Table 2), ready for the component repository. */
export interface BuiltComponent {
  readonly fileName: string;
  readonly path: string;
  readonly version: string;
  readonly description: string;
  readonly licence: string;
  /** As the repository's API takes them: `database.sql@>=0.1.0`. */
  readonly dependencies?: string;
}

const repository = resolve(import.meta.dirname, '../..');
const ownLicence = 'Apache-2.0';

/**
 * Builds those services' installation files into that folder, each after what it needs. The same sources give the
 * same bytes, in any folder and at any time.
 */
export async function buildComponents(
  outputDirectory: string,
  services: readonly BuildableService[] = buildableServices,
): Promise<readonly BuiltComponent[]> {
  await mkdir(outputDirectory, { recursive: true });
  const built: BuiltComponent[] = [];
  for (const service of services) built.push(...(await buildService(service, outputDirectory)));
  return built;
}

async function buildService(service: BuildableService, outputDirectory: string): Promise<BuiltComponent[]> {
  const folder = join(repository, service.folder);
  const source = await readFile(join(folder, 'component.json'), 'utf8');
  const { version, command } = serviceManifestSchema.parse(JSON.parse(source));
  const files: BuiltComponent[] = [];
  for (const { fileName, path, description } of service.files) {
    const copy = join(outputDirectory, fileName);
    await copyFile(join(repository, path), copy);
    files.push({ fileName, path: copy, version, description, licence: ownLicence });
  }
  const { code, moduleIds } = await bundle(join(folder, 'main.ts'));
  const archive = join(outputDirectory, service.archive.fileName);
  await packService(archive, { 'component.json': source, [command[1] ?? 'main.mjs']: code });
  const licence = await licenceOfModules(moduleIds, ownLicence);
  const dependencies = files.map(({ fileName }) => `${fileName}@>=${version}`).join(',');
  const needs = dependencies === '' ? {} : { dependencies };
  return [...files, { ...service.archive, path: archive, version, licence, ...needs }];
}

/** One file of the program with all that it imports, so that a machine needs nothing but Node.js. */
async function bundle(entry: string): Promise<{ code: string; moduleIds: readonly string[] }> {
  // Comments that name each module's path would tell where the dependencies are installed.
  const experimental = { attachDebugInfo: 'none' } as const;
  const build = await rolldown({
    input: entry,
    cwd: repository,
    platform: 'node',
    logLevel: 'warn',
    experimental,
  });
  try {
    const { output } = await build.generate({ format: 'esm', codeSplitting: false });
    const { code, moduleIds } = output[0];
    return { code, moduleIds };
  } finally {
    await build.close();
  }
}

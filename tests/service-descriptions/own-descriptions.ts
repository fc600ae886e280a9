import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Component, serviceManifestSchema } from '@trencadis/component-repository';
import { createPuppetConfigurator } from '@trencadis/configurator-puppet';
import { sha256OfText } from '@trencadis/ids';
import { matchImages, readCatalogEntries } from '@trencadis/image-catalog';
import { type ServiceOffers, readServiceDescriptions } from '@trencadis/service-repository';
import { installationFiles, table3 } from './table-3.ts';

const root = join(import.meta.dirname, '../..');
export const isInTree = (path: string): boolean => existsSync(join(root, path));

export const ownDescriptions = await readServiceDescriptions(join(root, 'service-descriptions'));

/** Every installation file that a document names, with what it is built from. */
export const knownFiles = [
  ...Object.values(installationFiles),
  ...table3.flatMap(({ added }) => added.map(({ file }) => file)),
];

/** The repositories as they are once everything in this tree is built. */
export async function offersOfTree(): Promise<ServiceOffers> {
  const entries = await readCatalogEntries(join(root, 'images'));
  const vmis = entries.map((entry) => ({ ...entry, artifacts: [] }));
  const built = new Map(knownFiles.map((file) => [file.fileName, file]));
  return {
    vmis: new Set(vmis.map(({ id }) => id)),
    matchImages: (requirements) => matchImages(requirements, vmis),
    components: [...built.values()].filter(({ source }) => isInTree(source)).map(componentOf),
    configurators: new Map([
      ['puppet', createPuppetConfigurator({ modulesDirectory: join(root, 'service-descriptions/modules') })],
    ]),
  };
}

function componentOf({
  fileName,
  source,
}: {
  readonly fileName: string;
  readonly source: string;
}): Component {
  const isGar = fileName.endsWith('.gar');
  const text = readFileSync(join(root, source), 'utf8');
  return {
    fileName,
    version: '0.1.0',
    type: isGar ? 'gar' : 'sql',
    description: fileName,
    digest: sha256OfText(text),
    sizeBytes: text.length,
    ...(isGar ? { manifest: serviceManifestSchema.parse(JSON.parse(text)) } : {}),
  };
}

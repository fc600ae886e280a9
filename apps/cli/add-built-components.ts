import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ComponentClient, ComponentView } from '@trencadis/component-repository/client';
import { type BuiltComponent, buildComponents } from './build-components.ts';
import { type BuildableService, buildableServices } from './buildable-services.ts';
import { digestOfFile, uploadComponent } from './component-files.ts';

export interface AddedComponent {
  readonly component: ComponentView;
  /** Whether the repository did not have it yet. */
  readonly isNew: boolean;
}

/** Builds the services' installation files (paper, Table 2) and puts those that changed into the component repository. */
export async function addBuiltComponents(
  client: ComponentClient,
  services: readonly BuildableService[] = buildableServices,
): Promise<readonly AddedComponent[]> {
  const folder = await mkdtemp(join(tmpdir(), 'trencadis-components-'));
  try {
    const added: AddedComponent[] = [];
    for (const built of await buildComponents(folder, services)) added.push(await addBuilt(client, built));
    return added;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Sources that changed under the same version become its next build: `0.1.0`, `0.1.0+1`, `0.1.0+2`, ... */
async function addBuilt(
  client: ComponentClient,
  { path, fileName, version, ...said }: BuiltComponent,
): Promise<AddedComponent> {
  const digest = await digestOfFile(path);
  const { components } = await client.listComponents({ query: { fileName } });
  const newest = components.at(-1);
  if (newest?.digest === digest) return { component: newest, isNew: false };
  const [release, build = '0'] = newest?.version.split('+') ?? [];
  const next = release === version ? `${release}+${Number(build) + 1}` : version;
  const component = await uploadComponent(client, path, { fileName, version: next, ...said });
  return { component, isNew: true };
}

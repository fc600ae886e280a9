import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ComponentRepository, openComponentRepository } from '@trencadis/component-repository';
import { sha256OfBytes } from '@trencadis/ids';
import { type BuiltComponent, buildComponents } from './build-components.ts';

/** Builds the Key Server's two installation files (paper, Table 2) and puts them into the component repository. */
export async function addComponents(home: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'trencadis-components-'));
  try {
    const repository = openComponentRepository({ directory: join(home, 'components') });
    for (const built of await buildComponents(folder)) await addBuilt(repository, built);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Sources that changed under the same version become its next build: `0.1.0`, `0.1.0+1`, `0.1.0+2`, ... */
async function addBuilt(
  repository: ComponentRepository,
  { path, ...component }: BuiltComponent,
): Promise<void> {
  const content = await readFile(path);
  const newest = await repository.find(component.fileName);
  if (newest?.digest === sha256OfBytes(content)) return;
  const [release, build = '0'] = newest?.version.split('+') ?? [];
  const version = release === component.version ? `${release}+${Number(build) + 1}` : component.version;
  await repository.add({ ...component, version, content });
}

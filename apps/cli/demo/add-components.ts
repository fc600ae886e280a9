import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openComponentRepository } from '@trencadis/component-repository';

/** Builds the Key Server's two installation files (paper, Table 2) and puts them into the component repository. */
export async function addComponents(home: string): Promise<void> {
  const { buildComponents } = await import('../../../scripts/build-components.ts');
  const folder = await mkdtemp(join(tmpdir(), 'trencadis-components-'));
  try {
    const repository = openComponentRepository({ directory: join(home, 'components') });
    for (const { path, ...component } of await buildComponents(folder)) {
      await repository.add({ ...component, content: await readFile(path) });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

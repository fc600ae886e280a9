import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@trencadis/clock';
import { brandId } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { type Database, connect, migrate } from '@trencadis/postgres';
import { freshDatabase } from '@trencadis/postgres/testing';
import { expect, it } from 'vitest';
import { publicAcl } from './access.ts';
import { ArtifactFiles } from './artifact-files.ts';
import { imageCatalogMigrations } from './migrations.ts';
import { ImageService } from './service.ts';
import { createPostgresCatalogStore } from './store-postgres.ts';
import type { CatalogStore } from './store.ts';
import { paperVmi } from './testing/table-1.ts';

const caller = { user: 'ana', groups: [], isAdmin: true };
const log = createLog({ name: 'test', level: 'silent' });
const everything = { hard: [], soft: [] };
const idsIn = (service: ImageService) =>
  service.match(caller, everything).ranked.map(({ vmi }) => vmi.id as string);

function registrationOf(id: string) {
  const { name, description, artifacts, architecture, operatingSystem, applications, standIns } = paperVmi(
    id,
    id,
    [],
  );
  const metadata = { architecture, operatingSystem, applications, standIns };
  return { id: brandId('VmiId', id), name, description, metadata, artifacts };
}

/** Two services on one database, as in two processes. */
async function withTwo(
  storeOf: (database: Database) => CatalogStore,
  use: (one: ImageService, two: ImageService) => Promise<void>,
): Promise<void> {
  await using fresh = await freshDatabase();
  await migrate(fresh.db, imageCatalogMigrations);
  const folder = await mkdtemp(join(tmpdir(), 'trencadis-live-'));
  await using second = connect(fresh.url);
  const files = new ArtifactFiles(folder);
  await using one = await ImageService.open({ store: storeOf(fresh.db), files, clock: systemClock, log });
  await using two = await ImageService.open({ store: storeOf(second), files, clock: systemClock, log });
  await use(one, two);
  await rm(folder, { recursive: true });
}

const ways: Readonly<Record<string, (database: Database) => CatalogStore>> = {
  'told by the database': createPostgresCatalogStore,
  'by looking, when nothing is told': (database) => ({
    ...createPostgresCatalogStore(database),
    watch: async () => ({ [Symbol.asyncDispose]: async () => {} }),
  }),
};

it.each(Object.entries(ways))('two processes agree soon: %s', async (_way, storeOf) => {
  await withTwo(storeOf, async (one, two) => {
    await Promise.all([
      one.register(caller, registrationOf('from-one'), { acl: publicAcl }),
      two.register(caller, registrationOf('from-two'), { acl: publicAcl }),
    ]);
    expect(idsIn(one)).toContain('from-one');
    for (const service of [one, two]) {
      await expect.poll(() => idsIn(service).toSorted(), { timeout: 5000 }).toEqual(['from-one', 'from-two']);
    }
    await two.remove(caller, brandId('VmiId', 'from-one'));
    expect(idsIn(two)).toEqual(['from-two']);
    await expect.poll(() => idsIn(one), { timeout: 5000 }).toEqual(['from-two']);
  });
});

it('misses nothing that many write at once', async () => {
  await withTwo(createPostgresCatalogStore, async (one, two) => {
    const ids = Array.from({ length: 20 }, (_, index) => `image-${index}`).toSorted();
    await Promise.all(
      ids.map((id, index) =>
        (index % 2 === 0 ? one : two).register(caller, registrationOf(id), { acl: publicAcl }),
      ),
    );
    for (const service of [one, two]) {
      await expect.poll(() => idsIn(service).toSorted(), { timeout: 5000 }).toEqual(ids);
    }
  });
});

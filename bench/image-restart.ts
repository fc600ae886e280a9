/**
 * From opening the catalog of 100,000 images in PostgreSQL to being ready to match, and how soon one process finds
 * what another has registered. Ratios are to the goals: 2 s and 1 s (above 1: better).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pollUntil, systemClock } from '@trencadis/clock';
import { brandId } from '@trencadis/ids';
import {
  ArtifactFiles,
  ImageService,
  createPostgresCatalogStore,
  imageCatalogMigrations,
  publicAcl,
} from '@trencadis/image-catalog';
import { syntheticCatalog } from '@trencadis/image-catalog/testing';
import { createLog } from '@trencadis/log';
import { type Database, connect, migrate, startEmbeddedPostgres } from '@trencadis/postgres';
import { execa } from 'execa';
import { showFigure } from './report/show-figure.ts';

const imageCount = 100_000;
const readyGoalMs = 2000;
const agreeGoalMs = 1000;
const log = createLog({ name: 'bench', level: 'silent' });
const caller = { user: 'bench', groups: [], isAdmin: true };

/** What searches are offered, straight into the table that a restart reads. */
async function fill({ pool }: Database): Promise<void> {
  const vmis = syntheticCatalog(imageCount);
  for (let start = 0; start < vmis.length; start += 5000) {
    const part = vmis.slice(start, start + 5000);
    const offers = part.map((vmi) =>
      JSON.stringify([{ vmi, search: 'all', isDefault: true, channels: [], otherChannels: [] }]),
    );
    await pool.query(
      'insert into image_catalog_offers select id, 1, offers from unnest($1::text[], $2::text[]) as t (id, offers)',
      [part.map(({ id }) => id), offers],
    );
  }
}

function open(database: Database, folder: string): Promise<ImageService> {
  const files = new ArtifactFiles(folder);
  return ImageService.open({ store: createPostgresCatalogStore(database), files, clock: systemClock, log });
}

async function measureReadyMs(database: Database, folder: string): Promise<number> {
  const before = performance.now();
  await using service = await open(database, folder);
  const readyMs = performance.now() - before;
  const { ranked } = service.match(caller, { hard: [], soft: [] }, { limit: 1 });
  if (ranked.length !== 1) throw new Error('the benchmark opened an empty catalog');
  return readyMs;
}

async function measureAgreeMs(url: string, folder: string): Promise<number> {
  await using here = connect(url);
  await using there = connect(url);
  await using writer = await open(here, folder);
  await using reader = await open(there, folder);
  await writer.register(
    caller,
    {
      id: brandId('VmiId', 'new'),
      name: 'New',
      description: '',
      metadata: {
        architecture: 'x86_64',
        operatingSystem: { name: 'linux', flavour: 'New', version: '1' },
        applications: [],
        standIns: [],
      },
      artifacts: [],
    },
    { acl: publicAcl },
  );
  const before = performance.now();
  const asked = {
    hard: [{ kind: 'attribute', key: 'os.flavour', operator: '=', value: 'New' } as const],
    soft: [],
  };
  const probe = async () => (reader.match(caller, asked).ranked.length > 0 ? true : undefined);
  await pollUntil(probe, { clock: systemClock, everyMs: 1, deadlineMs: 10_000 });
  return performance.now() - before;
}

/** In a process of its own, as after a restart. */
async function measureInFreshProcess(databaseUrl: string): Promise<number> {
  const { stdout } = await execa(process.execPath, [import.meta.filename, 'ready'], { input: databaseUrl });
  return Number(stdout);
}

async function compare(folder: string): Promise<void> {
  const postgres = await startEmbeddedPostgres({ directory: join(folder, 'postgres'), log });
  try {
    await using database = connect(postgres.url);
    await migrate(database, imageCatalogMigrations);
    await fill(database);
    const readyMs = await measureInFreshProcess(postgres.url);
    showFigure({
      label: `ms until ${imageCount} images are ready`,
      value: readyMs.toFixed(0),
      ratio: readyGoalMs / readyMs,
    });
    const agreeMs = await measureAgreeMs(postgres.url, folder);
    showFigure({
      label: 'ms until another process agrees',
      value: agreeMs.toFixed(0),
      ratio: agreeGoalMs / agreeMs,
    });
  } finally {
    await postgres.stop();
  }
}

const folder = await mkdtemp(join(tmpdir(), 'trencadis-bench-'));
try {
  if (process.argv[2] === 'ready') {
    await using database = connect(await text(process.stdin));
    process.stdout.write(String(await measureReadyMs(database, folder)));
  } else {
    await compare(folder);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

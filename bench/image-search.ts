/**
 * Searching 10,000 images over HTTP on loopback, with the routes and the typed client as they are in production;
 * questions as deployments ask them. The ratio is to the goal of CAT-15: 25 ms for the slowest one in a hundred.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@trencadis/clock';
import { createHttpServer, listen, registerRoutes } from '@trencadis/http';
import {
  ArtifactFiles,
  type ImageCaller,
  ImageService,
  createMemoryCatalogStore,
  imageApi,
  imageHandlers,
  publicAcl,
} from '@trencadis/image-catalog';
import { type ImageClient, createImageClient } from '@trencadis/image-catalog/client';
import { syntheticCatalog, syntheticQuestions } from '@trencadis/image-catalog/testing';
import { createLog } from '@trencadis/log';
import { showFigure } from './report/show-figure.ts';

const imageCount = 10_000;
const goalMs = 25;
const caller: ImageCaller = { user: 'bench', groups: [], isAdmin: true };
const log = createLog({ name: 'bench', level: 'silent' });
const questions = syntheticQuestions(300);

async function fill(service: ImageService): Promise<void> {
  for (const { id, name, description, labels = {}, artifacts, ...metadata } of syntheticCatalog(imageCount)) {
    const { owner: _, versionNumber: _number, fingerprint: _print, createdAt: _at, ...said } = metadata;
    const registration = { id, name, description, labels, metadata: said, artifacts };
    await service.register(caller, registration, { acl: publicAcl });
  }
}

async function durationsMs(client: ImageClient): Promise<readonly number[]> {
  const durations = [];
  for (const requirements of questions) {
    const before = performance.now();
    await client.searchImages({ body: { requirements } });
    durations.push(performance.now() - before);
  }
  return durations.toSorted((a, b) => a - b);
}

async function measure(service: ImageService): Promise<readonly number[]> {
  const server = await createHttpServer({ log, title: 'images', version: '1' });
  const handlers = imageHandlers<ImageCaller>({
    service,
    callerOf: (who) => who,
    importImages: async () => ({ taken: [], left: [] }),
  });
  registerRoutes(server, imageApi, handlers, { authenticate: async () => caller });
  try {
    const baseUrl = await listen(server, { host: '127.0.0.1', port: 0 });
    await using client = createImageClient({ baseUrl, token: 'bench' });
    await durationsMs(client);
    return await durationsMs(client);
  } finally {
    await server.close();
  }
}

const folder = await mkdtemp(join(tmpdir(), 'trencadis-bench-'));
try {
  const parts = {
    store: createMemoryCatalogStore(),
    files: new ArtifactFiles(folder),
    clock: systemClock,
    log,
  };
  await using service = await ImageService.open(parts);
  await fill(service);
  const durations = await measure(service);
  const p99 = durations[Math.floor(durations.length * 0.99)] ?? Number.NaN;
  showFigure({
    label: `ms for a search of ${imageCount} images over HTTP, p99`,
    value: p99.toFixed(2),
    ratio: goalMs / p99,
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}

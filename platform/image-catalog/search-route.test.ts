import { tmpdir } from 'node:os';
import { systemClock } from '@trencadis/clock';
import { createHttpServer, listen, registerRoutes } from '@trencadis/http';
import { brandId } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { expect, it } from 'vitest';
import { imageApi } from './api.ts';
import { ArtifactFiles } from './artifact-files.ts';
import { createImageClient } from './client.ts';
import type { ImageCaller } from './model.ts';
import { imageHandlers } from './routes.ts';
import { ImageService } from './service.ts';
import { createMemoryCatalogStore } from './store-memory.ts';
import { paperVmi } from './testing/table-1.ts';

it("tells the Infrastructure Manager's score where it ranks, and only there", async () => {
  const log = createLog({ name: 'test', level: 'silent' });
  const ana: ImageCaller = { user: 'ana', groups: [], isAdmin: true };
  const parts = { store: createMemoryCatalogStore(), clock: systemClock, log };
  await using service = await ImageService.open({ ...parts, files: new ArtifactFiles(tmpdir()) });
  const {
    name,
    description,
    artifacts,
    id: _,
    ...metadata
  } = paperVmi('one', 'One', [
    { name: 'ant', version: '1.8.2' },
    { name: 'git', version: '2' },
  ]);
  const id = brandId('VmiId', 'one');
  await service.register(ana, { id, name, description, metadata, artifacts });
  const server = await createHttpServer({ log, title: 'images', version: '1' });
  const handlers = imageHandlers<ImageCaller>({
    service,
    callerOf: (caller) => caller,
    importImages: async () => ({ taken: [], left: [] }),
  });
  registerRoutes(server, imageApi, handlers, { authenticate: async () => ana });
  await using client = createImageClient({
    baseUrl: await listen(server, { host: '127.0.0.1', port: 0 }),
    token: 'ana',
  });
  const query = 'soft 2 disk.applications contains (name = ant, version >= 1.8)';
  try {
    const { matches: byWeights } = await client.searchImages({ body: { query } });
    expect(byWeights.map(({ score, imScore }) => [score, imScore])).toEqual([[2, undefined]]);
    const { matches: asIm } = await client.searchImages({ body: { query, score: 'im' } });
    expect(asIm.map(({ score, imScore }) => [score, imScore])).toEqual([[2, 20_099]]);
  } finally {
    await server.close();
  }
});

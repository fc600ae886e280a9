import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freshDatabase } from '@trencadis/postgres/testing';
import { execa } from 'execa';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('main.ts', import.meta.url));

it('ends with the reason when it cannot serve, though its sagas hold a connection', async () => {
  await using database = await freshDatabase();
  await using taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const home = await mkdtemp(join(tmpdir(), 'trencadis-main-'));
  try {
    const env = {
      TRENCADIS_HOME: home,
      DATABASE_URL: database.url,
      DELIVERY_HOST: 'off',
      PORT: String((taken.address() as AddressInfo).port),
    };
    const { exitCode, isTerminated, all } = await execa(process.execPath, [program], {
      env,
      reject: false,
      all: true,
      timeout: 40_000,
    });
    expect(isTerminated).toBe(false);
    expect(exitCode).toBe(1);
    expect(all).toMatch(/EADDRINUSE|in use/);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

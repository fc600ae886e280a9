import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@trencadis/log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect, startEmbeddedPostgres, startPostgres, stopEmbeddedPostgres } from './index.ts';

const log = createLog({ name: 'test', level: 'silent' });
const settings = { fsync: 'off' };
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'trencadis-embedded-'));
});
afterEach(async () => {
  await stopEmbeddedPostgres(directory, log);
  rmSync(directory, { recursive: true, force: true });
});

async function query(url: string, text: string): Promise<unknown> {
  await using db = connect(url);
  return (await db.pool.query(text)).rows;
}

const postmasterPid = () =>
  Number(readFileSync(join(directory, 'data/postmaster.pid'), 'utf8').split('\n')[0]);

describe('startEmbeddedPostgres', () => {
  it('keeps data, port and password over a stop and a start, and is reused while it runs', async () => {
    const first = await startEmbeddedPostgres({ directory, log, settings });
    await query(first.url, `create table kept as select 7 as value`);
    expect((await startEmbeddedPostgres({ directory, log })).url).toBe(first.url);
    await first.stop();
    await first.stop();
    await expect(query(first.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
    const second = await startEmbeddedPostgres({ directory, log, settings });
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'select value from kept')).toEqual([{ value: 7 }]);
  });

  it('starts again after the server was killed and its process number went to another program', async () => {
    const first = await startEmbeddedPostgres({ directory, log, settings });
    const pidFile = join(directory, 'data/postmaster.pid');
    const leftBehind = readFileSync(pidFile, 'utf8').replace(/^\d+/, String(process.pid));
    process.kill(postmasterPid(), 'SIGKILL');
    await expect.poll(() => query(first.url, 'select 1').catch(String)).toContain('ECONNREFUSED');
    writeFileSync(pidFile, leftBehind);
    const second = await startEmbeddedPostgres({ directory, log, settings });
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('listens on loopback only, wants the password, and keeps it where only the owner can read it', async () => {
    const { url } = await startEmbeddedPostgres({ directory, log, settings });
    expect(await query(url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await query(url, 'show unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
    expect(statSync(join(directory, 'password')).mode & 0o777).toBe(0o600);
    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
  });

  it('says what is wrong when it cannot start', async () => {
    const start = startEmbeddedPostgres({ directory, log, settings: { shared_buffers: 'plenty' } });
    await expect(start).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/shared_buffers.*DATABASE_URL/),
    });
  });
});

describe('startPostgres', () => {
  it('takes the configured server as it is', async () => {
    const server = await startPostgres({ databaseUrl: 'postgres://elsewhere/db', directory, log });
    expect(server.url).toBe('postgres://elsewhere/db');
    await server.stop();
  });
});

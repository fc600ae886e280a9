import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTokenIssuer } from '@trencadis/access/issuer';
import { createAuthority, issueServerCertificate } from '@trencadis/certificates';
import { systemClock } from '@trencadis/clock';
import { newSecretText } from '@trencadis/ids';
import { createKeyServerClient } from '@trencadis/key-server/client';
import { exampleShare, newEouid, readDatabaseDefinition } from '@trencadis/key-server/testing';
import { createLog } from '@trencadis/log';
import { type EmbeddedPostgres, connect, startEmbeddedPostgres } from '@trencadis/postgres';
import { extract } from 'tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildComponents } from '../build-components.ts';

const clock = systemClock;
const audience = 'https://key-server.test';
const sealingKey = newSecretText(32);
let folder: string;
let postgres: EmbeddedPostgres;
let authorityPem: string;
let otherAuthorityPem: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trencadis-built-'));
  const archive = (await buildComponents(folder)).find(({ fileName }) => fileName.endsWith('.gar'));
  await mkdir(join(folder, 'service'));
  await extract({ file: archive!.path, cwd: join(folder, 'service') });
  const authority = await createAuthority({ commonName: 'Test', clock });
  const names = { dnsNames: [], ipAddresses: ['127.0.0.1'], days: 1 };
  const server = await issueServerCertificate({ authority, clock, ...names });
  authorityPem = authority.certificatePem;
  otherAuthorityPem = (await createAuthority({ commonName: 'Other', clock })).certificatePem;
  const files = { 'server.pem': server.certificatePem, 'server.key': server.privateKeyPem };
  for (const [name, text] of Object.entries({
    ...files,
    'ca.pem': authorityPem,
    'other.pem': otherAuthorityPem,
  })) {
    await writeFile(join(folder, name), text, { mode: 0o600 });
  }
  postgres = await startEmbeddedPostgres({
    directory: join(folder, 'postgres'),
    log: createLog({ name: 'test', level: 'silent' }),
    settings: {
      fsync: 'off',
      ssl: 'on',
      ssl_cert_file: join(folder, 'server.pem'),
      ssl_key_file: join(folder, 'server.key'),
    },
  });
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await postgres.stop();
  await rm(folder, { recursive: true });
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

async function start(issuers: readonly unknown[], authorityFile = 'ca.pem') {
  const port = await freePort();
  const login = new URL(postgres.url);
  const config = {
    host: '127.0.0.1',
    port,
    database: {
      host: login.hostname,
      port: Number(login.port),
      name: 'SQL_Keys',
      user: login.username,
      password: decodeURIComponent(login.password),
    },
    secrets: { 'sealing-key': sealingKey },
    parameters: { 'token-issuers': issuers },
    tls: {
      certificateFile: join(folder, 'server.pem'),
      privateKeyFile: join(folder, 'server.key'),
      authorityFile: join(folder, authorityFile),
    },
  };
  const configFile = join(folder, `config-${port}.json`);
  await writeFile(configFile, JSON.stringify(config), { mode: 0o600 });
  // Nothing of this repository is in reach of the process: another folder, another environment.
  const args = [join(folder, 'service/key-server.mjs'), '--config', configFile];
  const child = spawn(process.execPath, args, { cwd: folder, env: { PATH: '/usr/bin' } });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    baseUrl: `https://127.0.0.1:${port}`,
    child,
    ended,
    output: () => output,
    password: config.database.password,
  };
}

describe('the built Key Server, run by node alone', () => {
  it('waits for its database, stores and retrieves over HTTPS, and stops when told', async () => {
    const vo = await createTokenIssuer({ issuer: 'https://vo.test', audience, clock });
    const service = await start([vo.trusted]);
    const token = await vo.issueToken({
      subject: 'ada',
      scopes: ['key.write:/ontologies/5', 'key.read:/ontologies/5'],
    });
    await using client = createKeyServerClient({ baseUrl: service.baseUrl, token, authorityPem });
    await expect.poll(() => client.checkLive({}), { timeout: 15_000 }).toEqual({ status: 'ok' });
    await expect(client.checkReady({})).rejects.toMatchObject({
      code: 'unavailable',
      message: /refuses the login/,
    });

    await createKeyDatabase();
    expect(await client.checkReady({})).toEqual({ status: 'ok' });
    const params = { eouid: newEouid() };
    await client.storeShare({ params, body: { ...exampleShare(), ontologies: [5] } });
    const found = await client.retrieveShare({ params, query: { ontology: 5 } });
    expect(found).toEqual({ ...params, ...exampleShare(), version: 1 });
    await expect.poll(() => service.output(), { timeout: 10_000 }).toContain('"message":"ready"');

    service.child.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    for (const secret of [sealingKey, token, service.password, exampleShare().share]) {
      expect(service.output()).not.toContain(secret);
    }
  });

  it('trusts no database whose certificate another authority signed', async () => {
    const vo = await createTokenIssuer({ issuer: 'https://vo.test', audience, clock });
    const service = await start([vo.trusted], 'other.pem');
    await using client = createKeyServerClient({ baseUrl: service.baseUrl, authorityPem });
    await expect.poll(() => client.checkLive({}), { timeout: 15_000 }).toEqual({ status: 'ok' });
    await expect(client.checkReady({})).rejects.toMatchObject({
      code: 'unavailable',
      message: /cannot be reached/,
    });
    service.child.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    expect(service.output()).toContain('"message":"stopped"');
  });

  it('refuses a configuration with a mistake, naming the field', async () => {
    const service = await start([]);
    expect(await service.ended).toBe(1);
    expect(service.output()).toContain('parameters.token-issuers');
    expect(service.output()).not.toContain(sealingKey);
  });
});

async function createKeyDatabase(): Promise<void> {
  const keyDatabaseUrl = new URL(postgres.url);
  keyDatabaseUrl.pathname = 'SQL_Keys';
  await using administrator = connect(postgres.url);
  await administrator.pool.query('create database "SQL_Keys"');
  await using keys = connect(keyDatabaseUrl.href);
  await keys.pool.query(await readDatabaseDefinition());
}

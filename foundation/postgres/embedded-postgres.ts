import { spawn } from 'node:child_process';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pollUntil, systemClock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { Log } from '@trencadis/log';
import { execa } from 'execa';
import { Client, DatabaseError } from 'pg';
import { type PostgresBinaries, findBinaries } from './binaries.ts';
import { readIfPresent, readOrCreatePassword, readOrCreatePort } from './server-files.ts';
import { type RunningServer, findRunningServer, removeStalePidFile } from './running-server.ts';

export interface EmbeddedPostgresOptions {
  /** Holds the data, the password (a file only its owner reads), the port and `server.log`. Made when absent. */
  readonly directory: string;
  readonly log: Log;
  /** PostgreSQL settings on top of ours, for example `{ fsync: 'off' }` in tests. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  /** With user, password and the database `postgres`. Never log it. */
  readonly url: string;
  /** Stops the server; open connections are closed. Stopping twice is fine. */
  stop(): Promise<void>;
}

const dataDirectoryOf = (directory: string): string => join(directory, 'data');
const startDeadlineMs = 60_000;
const stopDeadlineMs = 30_000;

/**
 * A real PostgreSQL of our own on loopback. It outlives this process (kill -9 included): the next start on the same
 * directory finds it running and answers with its URL.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { directory, log } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const password = await readOrCreatePassword(directory);
  const dataDirectory = dataDirectoryOf(directory);
  const found = await findRunningServer(dataDirectory);
  const server = found ?? (await launch(options, dataDirectory));
  const url = `postgres://postgres:${password}@127.0.0.1:${server.port}/postgres`;
  await waitUntilReady(url, directory, dataDirectory);
  log.info({ directory, port: server.port, reused: found !== undefined }, 'PostgreSQL is ready');
  return { url, stop: () => stopEmbeddedPostgres(directory, log) };
}

async function launch(options: EmbeddedPostgresOptions, dataDirectory: string): Promise<RunningServer> {
  const { directory, log, settings = {} } = options;
  const binaries = await findBinaries();
  await createCluster(binaries, options, dataDirectory);
  await removeStalePidFile(dataDirectory, log);
  const port = await readOrCreatePort(directory);
  const logFile = await open(join(directory, 'server.log'), 'a', 0o600);
  try {
    const allSettings = Object.entries({ ...ourSettings, ...settings, port: String(port) });
    const [program, ...args] = asOrdinaryUser([
      binaries.postgres,
      `-D${dataDirectory}`,
      ...allSettings.map(([name, value]) => `--${name.replaceAll('_', '-')}=${value}`),
    ]);
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', logFile.fd, logFile.fd],
      env: bareEnvironment,
    });
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    return await waitForPidFile(child, directory, dataDirectory);
  } finally {
    await logFile.close();
  }
}

/** Loopback only, no socket file; an error's DETAIL line would put row values into the log. */
const ourSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  log_error_verbosity: 'terse',
  timezone: 'UTC',
};

const bareEnvironment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * PostgreSQL refuses root. In a user namespace where root is called 65534 it runs without privileges, yet files stay
 * ours outside, so no account and no chown is needed and a private home directory is no obstacle.
 */
function asOrdinaryUser(command: readonly [string, ...string[]]): readonly [string, ...string[]] {
  if (process.getuid?.() !== 0) return command;
  return ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--', ...command];
}

/** Made under another name first, so that a crash in the middle leaves nothing that looks like a cluster. */
async function createCluster(
  binaries: PostgresBinaries,
  options: EmbeddedPostgresOptions,
  dataDirectory: string,
): Promise<void> {
  const { directory } = options;
  if ((await readIfPresent(join(dataDirectory, 'PG_VERSION'))) !== undefined) return;
  const unfinished = `${dataDirectory}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  const [program, ...args] = asOrdinaryUser([
    binaries.initdb,
    `--pgdata=${unfinished}`,
    `--pwfile=${join(directory, 'password')}`,
    '--username=postgres',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(options.settings?.['fsync'] === 'off' ? ['--no-sync'] : []),
    '--no-instructions',
  ]);
  const result = await execa(program, args, {
    reject: false,
    all: true,
    env: bareEnvironment,
    extendEnv: false,
    timeout: startDeadlineMs,
  });
  if (result.failed) throw cannotStart(directory, result.all);
  await rename(unfinished, dataDirectory);
}

async function waitForPidFile(
  child: { readonly exitCode: number | null },
  directory: string,
  dataDirectory: string,
): Promise<RunningServer> {
  const server = await pollUntil(
    async () => {
      if (child.exitCode !== null) throw cannotStart(directory, await lastLogLines(directory));
      return findRunningServer(dataDirectory);
    },
    { clock: systemClock, everyMs: 10, deadlineMs: startDeadlineMs },
  );
  if (server === undefined) throw cannotStart(directory, await lastLogLines(directory));
  return server;
}

async function waitUntilReady(url: string, directory: string, dataDirectory: string): Promise<void> {
  let lastError: unknown;
  const isReady = await pollUntil(
    async () => {
      const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
      try {
        await client.connect();
        return true;
      } catch (error) {
        lastError = error;
        if (isWrongPassword(error))
          throw cannotStart(directory, 'the password file is not the one of this data');
        if ((await findRunningServer(dataDirectory)) === undefined) {
          throw cannotStart(directory, await lastLogLines(directory));
        }
        return undefined;
      } finally {
        await client.end();
      }
    },
    { clock: systemClock, everyMs: 20, deadlineMs: startDeadlineMs },
  );
  if (isReady === undefined) throw cannotStart(directory, String(lastError));
}

function isWrongPassword(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '28P01';
}

/** Stops the server of this directory if one runs, whoever started it. */
export async function stopEmbeddedPostgres(directory: string, log: Log): Promise<void> {
  const dataDirectory = dataDirectoryOf(directory);
  const server = await findRunningServer(dataDirectory);
  if (server === undefined) return;
  process.kill(server.processId, 'SIGINT');
  const isGone = await pollUntil(
    async () => ((await findRunningServer(dataDirectory)) === undefined ? true : undefined),
    { clock: systemClock, everyMs: 20, deadlineMs: stopDeadlineMs },
  );
  if (isGone === undefined) {
    throw new PlatformError(
      'unavailable',
      `PostgreSQL (process ${server.processId}) did not stop in ${stopDeadlineMs / 1000} s.`,
    );
  }
  log.info({ directory }, 'PostgreSQL has stopped');
}

function cannotStart(directory: string, output: string): PlatformError {
  return new PlatformError(
    'unavailable',
    `The embedded PostgreSQL in ${directory} does not start: ${output.trim().split('\n').slice(-3).join(' | ')}. See server.log there, or set DATABASE_URL to a server of your own.`,
    { subject: directory, details: { output } },
  );
}

async function lastLogLines(directory: string): Promise<string> {
  const text = (await readIfPresent(join(directory, 'server.log'))) ?? '';
  return text.trimEnd().split('\n').slice(-20).join('\n');
}

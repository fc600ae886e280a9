import { type ChildProcess, spawn } from 'node:child_process';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pollUntil, systemClock } from '@trencadis/clock';
import { newUuid } from '@trencadis/ids';

const run = promisify(execFile);

const motoVersion = '5.2.5';
const cacheDirectory = '/var/cache/trencadis';
const installTimeoutMs = 600_000;
const startTimeoutMs = 60_000;
const stopTimeoutMs = 10_000;

/** The Python environment with moto (https://docs.getmoto.org), made when it is not there yet: about 25 s. */
async function motoServer(): Promise<string> {
  const directory = join(cacheDirectory, `moto-${motoVersion}`);
  const ready = join(directory, 'bin', 'moto_server');
  if (existsSync(ready)) return ready;
  await mkdir(cacheDirectory, { recursive: true });
  // An environment knows its own path, so it is made in place; what an aborted one has left is taken away first.
  const leftover = join(cacheDirectory, `moto-leftover-${newUuid()}`);
  if (existsSync(directory)) await rename(directory, leftover);
  await rm(leftover, { recursive: true, force: true });
  await ensureVenv();
  await run('python3', ['-m', 'venv', directory], { timeout: installTimeoutMs });
  const pip = join(directory, 'bin', 'pip');
  await run(pip, ['install', '--quiet', `moto[server]==${motoVersion}`], { timeout: installTimeoutMs });
  return ready;
}

/** Debian has what `venv` needs in a package of its own. */
async function ensureVenv(): Promise<void> {
  try {
    await run('python3', ['-c', 'import ensurepip']);
  } catch {
    await run('apt-get', ['update'], { timeout: installTimeoutMs });
    await run('apt-get', ['install', '--yes', '--no-install-recommends', 'python3-venv'], {
      timeout: installTimeoutMs,
    });
  }
}

export interface MotoProcess {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** A moto on a free port of loopback, with nothing but what a new account has. */
export async function startMoto(): Promise<MotoProcess> {
  const program = await motoServer();
  const port = await freePort();
  const child = spawn(program, ['--host', '127.0.0.1', '--port', String(port)], {
    stdio: 'ignore',
    env: {
      PATH: '/usr/bin:/bin',
      // Like Amazon, and unlike moto by default: unknown images and instance types are refused.
      MOTO_ENABLE_AMI_VALIDATION: 'true',
      MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION: 'true',
      // Hundreds of images and snapshots, which every listing would go through.
      MOTO_EC2_LOAD_DEFAULT_AMIS: 'false',
    },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const answers = async () => {
    if (child.exitCode !== null) throw new Error(`moto has ended with ${child.exitCode}`);
    return (await isUp(endpoint)) ? true : undefined;
  };
  const isReady = await pollUntil(answers, {
    clock: systemClock,
    everyMs: 200,
    deadlineMs: startTimeoutMs,
  });
  if (isReady === undefined) {
    await stop(child);
    throw new Error(`moto does not answer at ${endpoint} after ${startTimeoutMs} ms`);
  }
  return { endpoint, stop: () => stop(child) };
}

async function isUp(endpoint: string): Promise<boolean> {
  try {
    const answer = await fetch(`${endpoint}/moto-api/data.json`, { signal: AbortSignal.timeout(5_000) });
    return answer.ok;
  } catch {
    // Not listening yet: asked again until the deadline.
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

async function stop(child: ChildProcess): Promise<void> {
  const hasEnded = async () => (child.exitCode !== null || child.signalCode !== null ? true : undefined);
  child.kill('SIGTERM');
  const options = { clock: systemClock, everyMs: 50, deadlineMs: stopTimeoutMs };
  if ((await pollUntil(hasEnded, options)) === undefined) child.kill('SIGKILL');
}

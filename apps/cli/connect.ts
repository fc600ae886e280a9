import { openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type AccountClient, createAccountClient } from '@trencadis/accounts/client';
import { type AuditClient, createAuditClient } from '@trencadis/audit/client';
import type { ClientOptions } from '@trencadis/http';
import { pollUntil, systemClock } from '@trencadis/clock';
import { stateDirectory } from '@trencadis/config';
import { PlatformError } from '@trencadis/errors';
import { type ComponentClient, createComponentClient } from '@trencadis/component-repository/client';
import { type ImageClient, createImageClient } from '@trencadis/image-catalog/client';
import {
  type InfrastructureClient,
  createInfrastructureClient,
  findLocalServer,
  readLocalToken,
} from '@trencadis/infrastructure/client';
import { type ServiceControlClient, createServiceControlClient } from '@trencadis/service-controller/client';
import { type ServiceClient, createServiceClient } from '@trencadis/service-repository/client';
import { type CloudClient, createCloudClient } from '@trencadis/vmm-sites/client';
import { chooseServer } from './choose-server.ts';

const serverProgram = fileURLToPath(new URL('../platform-api/main.ts', import.meta.url));
/** Young garbage is collected in small portions: less memory, for no more CPU (bench/manager.ts). */
const serverFlags = ['--max-semi-space-size=4'];
const startDeadlineMs = 60_000;

const ownReconnectMs = 5_000;

export interface Platform extends AsyncDisposable {
  readonly infrastructures: InfrastructureClient;
  readonly images: ImageClient;
  /** Descriptions. */
  readonly services: ServiceClient;
  readonly deployed: ServiceControlClient;
  readonly components: ComponentClient;
  readonly accounts: AccountClient;
  readonly clouds: CloudClient;
  readonly audit: AuditClient;
}

/** The clients of the server that was asked for (see choose-server.ts), else of this host's, started when none runs. */
export async function connectPlatform(): Promise<Platform> {
  const { url, token } = chooseServer();
  const home = stateDirectory();
  const baseUrl = url ?? ((await findLocalServer(home)) ?? (await startServer(home))).url;
  const options = { baseUrl, token: token ?? (await operatorToken(home, url)), timeoutMs: 300_000 };
  // A server of this host that is started again listens elsewhere: there is nothing to wait for long.
  return clientsOf(url === undefined ? { ...options, reconnectMs: ownReconnectMs } : options);
}

/** As {@link connectPlatform}, but starts nothing; `undefined` when nothing runs here. */
export async function findPlatform(timeoutMs: number): Promise<Platform | undefined> {
  const { url, token } = chooseServer();
  const home = stateDirectory();
  const baseUrl = url ?? (await findLocalServer(home))?.url;
  if (baseUrl === undefined) return undefined;
  return clientsOf({ baseUrl, token: token ?? (await operatorToken(home, url)), timeoutMs });
}

/** It opens this host's server only, and is sent to no other. */
async function operatorToken(home: string, url: string | undefined): Promise<string> {
  if (url === undefined) return readLocalToken(home);
  const message = `Say who you are at ${url}: give --token-file FILE, or set TRENCADIS_TOKEN_FILE.`;
  throw new PlatformError('unauthenticated', message, { subject: url });
}

function clientsOf(options: ClientOptions): Platform {
  const infrastructures = createInfrastructureClient(options);
  const images = createImageClient(options);
  const components = createComponentClient(options);
  const services = createServiceClient(options);
  const deployed = createServiceControlClient(options);
  const accounts = createAccountClient(options);
  const clouds = createCloudClient(options);
  const audit = createAuditClient(options);
  return {
    infrastructures,
    images,
    components,
    services,
    deployed,
    accounts,
    clouds,
    audit,
    [Symbol.asyncDispose]: async () => {
      await infrastructures[Symbol.asyncDispose]();
      await images[Symbol.asyncDispose]();
      await components[Symbol.asyncDispose]();
      await services[Symbol.asyncDispose]();
      await deployed[Symbol.asyncDispose]();
      await accounts[Symbol.asyncDispose]();
      await clouds[Symbol.asyncDispose]();
      await audit[Symbol.asyncDispose]();
    },
  };
}

/** The server goes on after this command: it is what brings plans to their end and machines back. */
async function startServer(home: string) {
  await mkdir(home, { recursive: true, mode: 0o711 });
  const logPath = join(home, 'platform-api.log');
  const logFile = openSync(logPath, 'a', 0o600);
  const child = spawn(process.execPath, [...serverFlags, serverProgram], {
    detached: true,
    stdio: ['ignore', logFile, logFile],
  });
  let isGone = false;
  child.once('exit', () => (isGone = true));
  child.unref();
  const options = { clock: systemClock, everyMs: 50, deadlineMs: startDeadlineMs };
  const answer = await pollUntil(async () => (isGone ? ('gone' as const) : findLocalServer(home)), options);
  if (answer !== undefined && answer !== 'gone') return answer;
  const what = answer === 'gone' ? 'ended at once' : `was not ready within ${startDeadlineMs / 1000} s`;
  throw new PlatformError('unavailable', `The platform server ${what}; ${logPath} says why.`, {
    subject: logPath,
  });
}

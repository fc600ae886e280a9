import { openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type AccountClient, createAccountClient } from '@trencadis/accounts/client';
import { type AuditClient, createAuditClient } from '@trencadis/audit/client';
import { pollUntil, systemClock } from '@trencadis/clock';
import { readConfig, stateDirectory } from '@trencadis/config';
import { PlatformError } from '@trencadis/errors';
import { type ComponentClient, createComponentClient } from '@trencadis/component-repository/client';
import { type ImageClient, createImageClient } from '@trencadis/image-catalog/client';
import {
  type InfrastructureClient,
  createInfrastructureClient,
  findLocalServer,
  readLocalToken,
} from '@trencadis/infrastructure/client';
import { type ServiceClient, createServiceClient } from '@trencadis/service-repository/client';
import { type CloudClient, createCloudClient } from '@trencadis/vmm-sites/client';
import { z } from 'zod';

const serverProgram = fileURLToPath(new URL('../platform-api/main.ts', import.meta.url));
const startDeadlineMs = 60_000;

export interface Platform extends AsyncDisposable {
  readonly infrastructures: InfrastructureClient;
  readonly images: ImageClient;
  readonly services: ServiceClient;
  readonly components: ComponentClient;
  readonly accounts: AccountClient;
  readonly clouds: CloudClient;
  readonly audit: AuditClient;
}

/** The clients of this host's platform server, which is started when none runs. */
export async function connectPlatform(): Promise<Platform> {
  const home = stateDirectory();
  const { url } = (await findLocalServer(home)) ?? (await startServer(home));
  const options = { baseUrl: url, token: await readToken(home), timeoutMs: 300_000 };
  const infrastructures = createInfrastructureClient(options);
  const images = createImageClient(options);
  const components = createComponentClient(options);
  const services = createServiceClient(options);
  const accounts = createAccountClient(options);
  const clouds = createCloudClient(options);
  const audit = createAuditClient(options);
  return {
    infrastructures,
    images,
    components,
    services,
    accounts,
    clouds,
    audit,
    [Symbol.asyncDispose]: async () => {
      await infrastructures[Symbol.asyncDispose]();
      await images[Symbol.asyncDispose]();
      await components[Symbol.asyncDispose]();
      await services[Symbol.asyncDispose]();
      await accounts[Symbol.asyncDispose]();
      await clouds[Symbol.asyncDispose]();
      await audit[Symbol.asyncDispose]();
    },
  };
}

const environment = z.object({ trencadisToken: z.string().optional() });

/** That of an account in TRENCADIS_TOKEN, or in the file that TRENCADIS_TOKEN_FILE names; else the operator's. */
async function readToken(home: string): Promise<string> {
  return readConfig(environment).trencadisToken ?? (await readLocalToken(home));
}

/** The server goes on after this command: it is what brings plans to their end and machines back. */
async function startServer(home: string) {
  await mkdir(home, { recursive: true, mode: 0o711 });
  const logPath = join(home, 'platform-api.log');
  const logFile = openSync(logPath, 'a', 0o600);
  const child = spawn(process.execPath, [serverProgram], {
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

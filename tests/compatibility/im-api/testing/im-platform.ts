import { createAccountService, createMemoryAccountStore } from '@trencadis/accounts';
import { createMemoryAuditLog } from '@trencadis/audit';
import { systemClock } from '@trencadis/clock';
import type { Configurator } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import { createHttpServer, listen } from '@trencadis/http';
import { registerImApi } from '@trencadis/im-api';
import {
  type InfrastructureService,
  type StepWorld,
  StatusCache,
  createInfrastructureService,
  createPostgresInfrastructureStore,
  createVault,
  infrastructureMigrations,
  infrastructureSteps,
} from '@trencadis/infrastructure';
import { createLog } from '@trencadis/log';
import { migrate } from '@trencadis/postgres';
import { freshDatabase } from '@trencadis/postgres/testing';
import { type SagaRunner, createSagaRunner, sagaMigrations } from '@trencadis/saga';
import { parseSealingKey } from '@trencadis/sealing';
import type { VmmDriver } from '@trencadis/vmm';
import { type VmmSites, createMemorySiteStore, createVmmSites } from '@trencadis/vmm-sites';
import { type MemoryVmmOptions, MemoryVmmWorld, createMemoryVmm } from '@trencadis/vmm-memory';
import { z } from 'zod';
import { simulatePlatform } from '../../../deployment/simulated-platform.ts';

export const password = 'correct horse battery staple';
export const adminToken = 'token-of-the-operator';

export interface ImPlatform extends AsyncDisposable {
  /** `http://127.0.0.1:port/im`. */
  readonly url: string;
  readonly service: InfrastructureService;
  readonly sagas: SagaRunner<StepWorld>;
  readonly sites: VmmSites;
  /** The platform's own VM manager, `memory`. */
  readonly site: MemoryVmmWorld;
  /** By endpoint, those that lines of type Dummy lead to. */
  readonly dummies: Map<string, MemoryVmmWorld>;
  /** Contextualization waits while it is closed. */
  readonly gate: { wait: Promise<void> };
  /** What recipes fail with, and in the name of what the next VM that is not made has. */
  readonly failures: { recipe: string | undefined; vm: string | undefined };
}

export interface ImPlatformOptions extends Omit<MemoryVmmOptions, 'clock' | 'world'> {
  readonly queueMs?: number;
  /** Of which its sealing key is made; default 7. */
  readonly sealingKeyByte?: number;
}

const log = createLog({ name: 'im-platform', level: 'silent' });

/** The platform's real parts with IM's API before them: VM managers, shells and Ansible are simulated. */
export async function startImPlatform({
  queueMs,
  sealingKeyByte = 7,
  ...manners
}: ImPlatformOptions = {}): Promise<ImPlatform> {
  const sealingKey = parseSealingKey(Buffer.alloc(32, sealingKeyByte).toString('base64url'));
  const stop = new AbortController();
  const database = await freshDatabase();
  await migrate(database.db, { ...sagaMigrations, ...infrastructureMigrations });
  const site = new MemoryVmmWorld();
  const memory = createMemoryVmm({ clock: systemClock, world: site, ...manners });
  const store = createPostgresInfrastructureStore(database.db);
  const platform = await simulatePlatform({ store, site });
  const gate = { wait: Promise.resolve() };
  const failures: ImPlatform['failures'] = { recipe: undefined, vm: undefined };
  const dummies = new Map<string, MemoryVmmWorld>();
  const audit = createMemoryAuditLog(systemClock);
  const sites = createVmmSites({
    store: createMemorySiteStore(),
    products: [dummyProduct(dummies)],
    fixed: [{ name: 'memory', product: 'memory', driver: failingVmm(memory, failures) }],
    sealingKey,
    audit,
    clock: systemClock,
    usedBy: async () => [],
  });
  const world: StepWorld = {
    ...platform.world,
    vmms: sites,
    shells: { connect: async (endpoint) => silentShell(endpoint) },
    configurators: new Map([['ansible', simulatedAnsible(gate, failures)]]),
    vault: createVault({ store, sealingKey, clock: systemClock }),
  };
  const sagas = await createSagaRunner({
    databaseUrl: database.url,
    db: database.db,
    stepKinds: infrastructureSteps,
    makeContext: () => world,
    clock: systemClock,
    concurrency: 4,
    log,
  });
  const { images } = platform;
  const service = createInfrastructureService({ world, images, sagas });
  const accounts = await someAccounts(audit);
  const server = await createHttpServer({
    log,
    title: 'Test',
    version: '0.1.0',
    signal: stop.signal,
    requestTimeoutMs: 0,
  });
  registerImApi(server, {
    service,
    sagas,
    statuses: new StatusCache(service, systemClock),
    images,
    sites,
    clouds: {
      Dummy: ({ values: { host, token, password: secret } }) =>
        host === undefined
          ? { because: 'its line has no host' }
          : { product: 'dummy', endpoint: host, credentials: { token: token ?? secret ?? '' } },
    },
    accounts,
    authenticateToken: async (token) => {
      if (token === adminToken) return { owner: 'operator', groups: [], isAdmin: true };
      return accounts.authenticate(token);
    },
    clock: systemClock,
    log,
    version: '0.1.0',
    ...(queueMs === undefined ? {} : { queueMs }),
  });
  const url = await listen(server, { host: '127.0.0.1', port: 0 });
  const dispose = async () => {
    stop.abort();
    await server.close();
    await sagas.close();
    await platform[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  };
  return {
    url: `${url}/im`,
    service,
    sagas,
    sites,
    site,
    dummies,
    gate,
    failures,
    [Symbol.asyncDispose]: dispose,
  };
}

function failingVmm(driver: VmmDriver, failures: ImPlatform['failures']): VmmDriver {
  return {
    ...driver,
    createVm: async (spec, signal) => {
      if (failures.vm === undefined || !spec.name.includes(failures.vm)) return driver.createVm(spec, signal);
      failures.vm = undefined;
      throw new PlatformError('invalid-argument', `VM ${spec.name} fails on purpose.`);
    },
  };
}

/** A VM manager for each endpoint; the token is `letmein`. */
function dummyProduct(dummies: Map<string, MemoryVmmWorld>) {
  const credentials = z.strictObject({ token: z.literal('letmein', 'is not the token') });
  const create = ({ endpoint = '' }: { readonly endpoint?: string }) => {
    const world = dummies.get(endpoint) ?? new MemoryVmmWorld();
    dummies.set(endpoint, world);
    return createMemoryVmm({ clock: systemClock, world });
  };
  return { name: 'dummy', needsEndpoint: true, load: async () => ({ credentials, create }) };
}

async function someAccounts(audit: ReturnType<typeof createMemoryAuditLog>) {
  const accounts = createAccountService({
    store: createMemoryAccountStore(),
    audit,
    clock: systemClock,
    holdingsOf: async () => [],
  });
  const by = { owner: 'operator', requestId: 'test' };
  for (const name of ['ana', 'ben'])
    await accounts.create(by, { name, groups: [], isAdmin: false, password });
  await accounts.create(by, { name: 'reader', groups: ['readers'], isAdmin: false, password });
  return accounts;
}

type Shell = Awaited<ReturnType<StepWorld['shells']['connect']>>;

function silentShell(endpoint: Shell['endpoint']): Shell {
  return {
    endpoint,
    run: async () => ({ exitCode: 0, stdout: '', stderr: '' }),
    putFile: async () => undefined,
    getFile: async () => Buffer.alloc(0),
    close: async () => undefined,
  };
}

function simulatedAnsible(gate: ImPlatform['gate'], failures: ImPlatform['failures']): Configurator {
  return {
    name: 'ansible',
    inspect: () => ({ problems: [], componentFiles: [], databases: [], usesPeers: false }),
    configure: async (_shell, { vmName }, events) => {
      events.onLine('TASK [install the server] ***');
      await Promise.race([gate.wait, aborted(events.signal)]);
      if (failures.recipe !== undefined) throw new PlatformError('invalid-argument', failures.recipe);
      events.onLine(`ok: [${vmName}]`);
    },
  };
}

async function aborted(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  signal.throwIfAborted();
}

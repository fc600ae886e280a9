import type { Quota } from '@trencadis/accounts';
import { createPlatformServer } from '@trencadis/app-platform-api/create-server';
import { systemClock } from '@trencadis/clock';
import type { Configurator, RemoteShellDriver } from '@trencadis/contextualization';
import { listen } from '@trencadis/http';
import {
  type InfrastructureServiceParts,
  StatusCache,
  type StepWorld,
  createInfrastructureService,
  createReconciler,
  infrastructureSteps,
} from '@trencadis/infrastructure';
import { createLog } from '@trencadis/log';
import type { TestDatabase } from '@trencadis/postgres/testing';
import { createSagaRunner } from '@trencadis/saga';
import { parseSealingKey } from '@trencadis/sealing';
import { createSimulatedVmm } from '@trencadis/vmm-memory/simulator';
import { type VmmProduct, type VmmSites, createMemorySiteStore, createVmmSites } from '@trencadis/vmm-sites';
import { z } from 'zod';
import { createKnownCallers } from '../authorization/known-callers.ts';
import type { SimulatedPlatform, SimulationOptions } from '../deployment/simulated-platform.ts';

export interface BadInputOptions extends SimulationOptions {
  /** Of Ana's account. */
  readonly accountQuota?: Quota;
  readonly shells?: RemoteShellDriver;
  /** Instead of one that only takes note. */
  readonly configurator?: Configurator;
  /** How long a VM may take until it lets the platform in. */
  readonly bootDeadlineMs?: number;
  /** How long a step that meets `unavailable` is tried again; default 100 ms. */
  readonly retryForMs?: number;
}

const simulated: VmmProduct<{ readonly token: string }> = {
  name: 'simulated',
  needsEndpoint: true,
  load: async () => ({
    credentials: z.strictObject({ token: z.string().min(1) }),
    create: ({ endpoint = '' }, { token }) => createSimulatedVmm({ url: endpoint, token }),
  }),
};

type KnownCallers = ReturnType<typeof createKnownCallers>;

/** The two simulated VM managers, and what users add by themselves. */
function sitesOf(
  { vmm, second, world: { store, clock } }: SimulatedPlatform,
  { audit }: KnownCallers,
): VmmSites {
  const everybody = { owner: 'operator', groups: [], isAdmin: true };
  return createVmmSites({
    store: createMemorySiteStore(),
    products: [simulated],
    fixed: [
      { name: 'memory', product: 'memory', driver: vmm },
      { name: 'second', product: 'memory', driver: second },
    ],
    sealingKey: parseSealingKey(Buffer.alloc(32, 7).toString('base64url')),
    audit,
    clock,
    usedBy: async (key) =>
      (await store.list(everybody)).filter(({ vmms }) => vmms.includes(key)).map(({ id }) => id),
  });
}

/** Their texts. Ana and Bob are in one group. */
async function tokensOf({ accounts }: KnownCallers, quota: Quota | undefined) {
  const by = { owner: 'operator' };
  const tokenOf = async (name: string, account: { readonly quota?: Quota | undefined }) => {
    await accounts.create(by, { name, groups: ['ward'], isAdmin: false, ...account });
    return (await accounts.issueToken(by, name, { name: 'tests', expiresInDays: 1 })).text;
  };
  return { ana: await tokenOf('ana', { quota }), bob: await tokenOf('bob', {}) };
}

async function managerOf(
  { db, url }: TestDatabase,
  {
    simulation: { images },
    world,
    known: { accounts },
  }: { readonly simulation: SimulatedPlatform; readonly world: StepWorld; readonly known: KnownCallers },
  runMs: number,
) {
  const sagas = await createSagaRunner({
    databaseUrl: url,
    db,
    stepKinds: infrastructureSteps,
    makeContext: () => world,
    clock: systemClock,
    concurrency: 4,
    log: createLog({ name: 'sagas', level: 'silent' }),
    deadlines: { runMs, undoMs: 1_000 },
  });
  const parts: InfrastructureServiceParts = {
    world,
    images,
    sagas,
    groupsOf: async (owner) => (await accounts.find(owner))?.groups ?? [],
    quotaOf: async (owner) => (await accounts.find(owner))?.quota,
  };
  const log = { info: () => undefined, warn: () => undefined };
  const reconciler = createReconciler({ ...parts, log });
  return { sagas, service: createInfrastructureService(parts), reconciler };
}

/** The platform's own server at work on that simulation, with two users' tokens. */
export async function servePlatform(
  database: TestDatabase,
  simulation: SimulatedPlatform,
  { accountQuota, shells, configurator, bootDeadlineMs, retryForMs = 100 }: BadInputOptions,
) {
  const stop = new AbortController();
  const known = createKnownCallers();
  const sites = sitesOf(simulation, known);
  const world: StepWorld = {
    ...simulation.world,
    vmms: sites,
    ...(bootDeadlineMs === undefined ? {} : { bootDeadlineMs }),
    ...(shells === undefined ? {} : { shells }),
    ...(configurator === undefined ? {} : { configurators: new Map([['puppet', configurator]]) }),
  };
  const { sagas, service, reconciler } = await managerOf(database, { simulation, world, known }, retryForMs);
  const absent = {} as never;
  const server = await createPlatformServer({
    log: createLog({ name: 'bad-input', level: 'silent' }),
    signal: stop.signal,
    operatorToken: 'token-of-the-operator',
    tokenIssuers: [],
    ...known,
    sites,
    service,
    sagas,
    statuses: new StatusCache(service, systemClock),
    noted: { write: async () => undefined },
    deployedServices: absent,
    world,
    images: { service: simulation.catalog, importImages: absent },
    components: absent,
    services: absent,
  });
  const baseUrl = await listen(server, { host: '127.0.0.1', port: 0 });
  const close = async () => {
    stop.abort();
    await reconciler.close();
    await sagas.close();
    await database[Symbol.asyncDispose]();
  };
  return { baseUrl, tokens: await tokensOf(known, accountQuota), reconciler, close };
}

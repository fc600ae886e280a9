import type { Quota } from '@trencadis/accounts';
import { createPlatformServer } from '@trencadis/app-platform-api/create-server';
import { type Clock, pollUntil, systemClock } from '@trencadis/clock';
import type { Configurator, RemoteShellDriver } from '@trencadis/contextualization';
import { listen } from '@trencadis/http';
import {
  type InfrastructureServiceParts,
  StatusCache,
  type StepWorld,
  createInfrastructureService,
  createPostgresInfrastructureStore,
  createReconciler,
  infrastructureMigrations,
  infrastructureSteps,
} from '@trencadis/infrastructure';
import { createLog } from '@trencadis/log';
import { migrate } from '@trencadis/postgres';
import { freshDatabase } from '@trencadis/postgres/testing';
import { createSagaRunner, sagaMigrations } from '@trencadis/saga';
import { parseSealingKey } from '@trencadis/sealing';
import { createSimulatedVmm } from '@trencadis/vmm-memory/simulator';
import { type VmmProduct, createMemorySiteStore, createVmmSites } from '@trencadis/vmm-sites';
import { z } from 'zod';
import { createKnownCallers } from '../authorization/known-callers.ts';
import {
  type SimulatedPlatform,
  type SimulationOptions,
  keyServerDocument,
  keyServerParameters,
  simulatePlatform,
} from '../deployment/simulated-platform.ts';

/*
 * Which test shows which case of bad input:
 *
 * | case                                 | test                                                          |
 * | ------------------------------------ | ------------------------------------------------------------- |
 * | broken RADL                          | documents.test.ts; from the command line end-to-end/bad-input |
 * | unknown image, none that fits        | documents.test.ts; end-to-end/bad-input                       |
 * | no candidate cloud                   | documents.test.ts                                             |
 * | 10 MB body                           | documents.test.ts                                             |
 * | 10,000 VMs under a small quota       | documents.test.ts                                             |
 * | wrong credentials                    | clouds.test.ts                                                |
 * | unreachable VM manager               | clouds.test.ts                                                |
 * | quota exceeded, planning and running | clouds.test.ts; deployment/deploy-service, reconciler         |
 * | VM that never boots                  | machines.test.ts                                              |
 * | VM without SSH                       | machines.test.ts                                              |
 * | wrong host key                       | machines.test.ts                                              |
 * | failing recipe                       | machines.test.ts; on a real machine end-to-end/bad-input      |
 * | hanging recipe                       | machines.test.ts                                              |
 * | full disk                            | machines.test.ts; of the host end-to-end/bad-input            |
 * | two people applying at once          | at-once.test.ts; deployment/apply-service                     |
 * | deleting while creating              | at-once.test.ts; deployment/destroy-service                   |
 * | asking again: keys, ETags, streams   | again.test.ts                                                 |
 */

export interface BadInputOptions extends SimulationOptions {
  /** Of Ana's account. */
  readonly quota?: Quota;
  readonly shells?: RemoteShellDriver;
  /** Instead of one that only takes note. */
  readonly configurator?: Configurator;
  /** How long a step that meets `unavailable` is tried again; default 100 ms. */
  readonly retryForMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Of JSON. */
  readonly body: unknown;
}

export interface Request {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default `ana`; `bob` shares nothing with her, but for what she says. */
  readonly as?: 'ana' | 'bob';
}

/** Waits take no time on it: it goes forward by what is waited for. */
export class ForwardingClock implements Clock {
  #aheadMs = 0;

  now(): Date {
    return new Date(systemClock.now().getTime() + this.#aheadMs);
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await systemClock.sleep(1, signal);
    this.forward(ms);
  }

  forward(ms: number): void {
    this.#aheadMs += ms;
  }
}

export const keyServer = { radl: keyServerDocument, dialect: 'paper', parameters: keyServerParameters };

/** One VM (or more) without a recipe. `system`: what else it asks for. */
export function machines(count = 1, system = '', deploy = `deploy node ${count}`) {
  const radl = `network net\nsystem node (\n  disk.0.os.name = 'linux' and\n  net_interface.0.connection = 'net'${system}\n)\n${deploy}\n`;
  return { radl, dialect: 'im', parameters: {} };
}

const simulated: VmmProduct<{ readonly token: string }> = {
  name: 'simulated',
  credentials: z.strictObject({ token: z.string().min(1) }),
  needsEndpoint: true,
  create: ({ endpoint = '' }, { token }) => createSimulatedVmm({ url: endpoint, token }),
};

type Served = Awaited<ReturnType<typeof serve>>;

/** The platform's server, sagas and store as in production; only sites, shells and configurators are simulated. */
export class BadInputPlatform implements AsyncDisposable {
  readonly simulation: SimulatedPlatform;
  readonly #served: Served;

  private constructor(simulation: SimulatedPlatform, served: Served) {
    this.simulation = simulation;
    this.#served = served;
  }

  static async start(options: BadInputOptions = {}): Promise<BadInputPlatform> {
    const database = await freshDatabase();
    await migrate(database.db, { ...sagaMigrations, ...infrastructureMigrations });
    const store = createPostgresInfrastructureStore(database.db);
    const simulation = await simulatePlatform({ ...options, store });
    return new BadInputPlatform(simulation, await serve(database, simulation, options));
  }

  get reconciler() {
    return this.#served.reconciler;
  }

  async call(
    method: string,
    path: string,
    { body, headers = {}, as = 'ana' }: Request = {},
  ): Promise<Answer> {
    const response = await fetch(new URL(path, this.#served.baseUrl), {
      method,
      headers: {
        authorization: `Bearer ${this.#served.tokens[as]}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
  }

  /** The stream of a plan's events, as it comes. */
  events(planId: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
    const authorization = `Bearer ${this.#served.tokens.ana}`;
    const url = new URL(`/api/plans/${planId}/events`, this.#served.baseUrl);
    return fetch(url, { headers: { authorization, ...headers }, signal });
  }

  plan(document: unknown, name = 'bad'): Promise<Answer> {
    return this.call('POST', '/api/plans', { body: { name, document } });
  }

  /** Of a plan that must come about. */
  async planned(document: unknown, name = 'bad'): Promise<{ readonly planId: string; readonly id: string }> {
    const { body } = await this.plan(document, name);
    const { kind, plan, infrastructure } = body as Planned;
    if (kind !== 'planned') throw new Error(JSON.stringify(body));
    return { planId: plan.id, id: infrastructure.id };
  }

  apply(planId: string, onFailure: 'undo' | 'keep' = 'undo', as: 'ana' | 'bob' = 'ana'): Promise<Answer> {
    return this.call('POST', `/api/plans/${planId}/apply`, { body: { onFailure }, as });
  }

  /** How a plan ends, and what its steps that failed said. */
  async end(planId: string): Promise<{ readonly saga: string; readonly failures: readonly Failure[] }> {
    const signal = AbortSignal.timeout(40_000);
    const response = await this.events(planId, { accept: 'application/x-ndjson' }, signal);
    const events = (await response.text())
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Failure & { readonly kind: string });
    const { body } = await this.call('GET', `/api/plans/${planId}/status`);
    const failures = events.filter(({ kind }) => kind === 'failed');
    return { saga: (body as { saga: string }).saga, failures };
  }

  async deploy(document: unknown, { name = 'bad', onFailure = 'undo' }: Deployment = {}) {
    const planned = await this.planned(document, name);
    const { status } = await this.apply(planned.planId, onFailure);
    if (status !== 202) throw new Error(`Applying was answered ${status}.`);
    return { ...planned, ...(await this.end(planned.planId)) };
  }

  async status(id: string): Promise<unknown> {
    return (await this.call('GET', `/api/infrastructures/${id}?fresh=true`)).body;
  }

  /** Everything at both sites. */
  leftovers(): readonly string[] {
    const { site, second } = this.simulation;
    return [...site.leftovers(), ...second.world.leftovers()].toSorted();
  }

  async destroy(id: string): Promise<{ readonly status: number; readonly saga: string }> {
    const { status, body } = await this.call('DELETE', `/api/infrastructures/${id}`);
    return { status, saga: (await this.end((body as { id: string }).id)).saga };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#served.close();
    await this.simulation[Symbol.asyncDispose]();
  }
}

export interface Failure {
  readonly stepId: string;
  readonly text?: string;
  readonly errorCode?: string;
}

interface Planned {
  readonly kind: string;
  readonly plan: { readonly id: string };
  readonly infrastructure: { readonly id: string };
}

interface Deployment {
  readonly name?: string;
  readonly onFailure?: 'undo' | 'keep';
}

async function serve(
  database: Awaited<ReturnType<typeof freshDatabase>>,
  simulation: SimulatedPlatform,
  { quota, shells, configurator, retryForMs = 100 }: BadInputOptions,
) {
  const stop = new AbortController();
  const log = createLog({ name: 'bad-input', level: 'silent' });
  const known = createKnownCallers();
  const { vmm, second } = simulation;
  const { store, clock } = simulation.world;
  const everybody = { owner: 'operator', groups: [], isAdmin: true };
  const sites = createVmmSites({
    store: createMemorySiteStore(),
    products: [simulated],
    fixed: [
      { name: 'memory', product: 'memory', driver: vmm },
      { name: 'second', product: 'memory', driver: second },
    ],
    sealingKey: parseSealingKey(Buffer.alloc(32, 7).toString('base64url')),
    audit: known.audit,
    clock,
    usedBy: async (key) =>
      (await store.list(everybody)).filter(({ vmms }) => vmms.includes(key)).map(({ id }) => id),
  });
  const world: StepWorld = {
    ...simulation.world,
    vmms: sites,
    ...(shells === undefined ? {} : { shells }),
    ...(configurator === undefined ? {} : { configurators: new Map([['puppet', configurator]]) }),
  };
  const sagas = await createSagaRunner({
    databaseUrl: database.url,
    db: database.db,
    stepKinds: infrastructureSteps,
    makeContext: () => world,
    clock: systemClock,
    concurrency: 4,
    log,
    deadlines: { runMs: retryForMs, undoMs: 5_000 },
  });
  const parts: InfrastructureServiceParts = {
    world,
    images: simulation.images,
    sagas,
    groupsOf: async (owner) => (await known.accounts.find(owner))?.groups ?? [],
    quotaOf: async (owner) => (await known.accounts.find(owner))?.quota,
  };
  const service = createInfrastructureService(parts);
  const by = { owner: 'operator' };
  const tokenOf = async (name: 'ana' | 'bob', account: { readonly quota?: Quota | undefined }) => {
    await known.accounts.create(by, { name, groups: ['ward'], isAdmin: false, ...account });
    return (await known.accounts.issueToken(by, name, { name: 'tests', expiresInDays: 1 })).text;
  };
  const tokens = { ana: await tokenOf('ana', { quota }), bob: await tokenOf('bob', {}) };
  const absent = {} as never;
  const server = await createPlatformServer({
    log,
    signal: stop.signal,
    operatorToken: 'token-of-the-operator',
    tokenIssuers: [],
    ...known,
    sites,
    service,
    sagas,
    statuses: new StatusCache(service, systemClock),
    noted: { write: async () => undefined },
    world,
    images: { service: simulation.catalog, importImages: absent },
    components: absent,
    services: absent,
  });
  const baseUrl = await listen(server, { host: '127.0.0.1', port: 0 });
  const noLog = { info: () => undefined, warn: () => undefined };
  const reconciler = createReconciler({ ...parts, log: noLog });
  const close = async () => {
    stop.abort();
    await reconciler.close();
    await sagas.close();
    await database[Symbol.asyncDispose]();
  };
  return { baseUrl, tokens, reconciler, close };
}

/** Polls; fails after 10 s. */
export async function whenTrue(what: () => boolean): Promise<void> {
  const ask = async () => (what() ? true : undefined);
  const isTrue = await pollUntil(ask, { clock: systemClock, everyMs: 5, deadlineMs: 10_000 });
  if (isTrue !== true) throw new Error('It did not become true within 10 s.');
}

/**
 * The whole of what keeps services (G-6, G-7): `node bench/kept-services.ts [GROUPS [SECONDS]]`. So many services of ten
 * replicas behind a balancer are deployed by plans on the simulated VM manager, then kept by the controller as it is in
 * production, on PostgreSQL; balancers are simulated too, and exporters answer at once. Prints what keeping them costs in
 * a tick of 5 s (CPU time of this process), the longest that nothing else could run, the memory, how soon stopped
 * VMs are replaced, and how soon a controller that begins has decided on all services. The ratio is to the goals.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pollUntil, systemClock } from '@trencadis/clock';
import { type ReconcilerParts, infrastructureMigrations } from '@trencadis/infrastructure';
import { createLog } from '@trencadis/log';
import { type Database, connect, migrate, startEmbeddedPostgres } from '@trencadis/postgres';
import { sagaMigrations } from '@trencadis/saga';
import {
  type GroupKey,
  type GroupView,
  InfrastructureFleet,
  type Measuring,
  createMeasuring,
  createPostgresLeadership,
  createPostgresServiceStore,
  createServiceController,
  serviceControllerMigrations,
} from '@trencadis/service-controller';
import { type SimulatedManager, startManager } from '../tests/deployment/simulated-manager.ts';
import { heapMB } from './report/heap-size.ts';
import { showFigure } from './report/show-figure.ts';

const groupCount = Number(process.argv[2] ?? 1000);
const seconds = Number(process.argv[3] ?? 60);
const replicaCount = 10;
/** Plans wait more than they compute. */
const plansAtOnce = 50;
const tickSeconds = 5;
const goals = { tickMs: 100, heapMB: 200, resumeMs: 2_000 };
const log = createLog({ name: 'bench', level: 'silent' });
const deadlineMs = 1_200_000;

const document = `# dialect: trencadis
network net (outbound = 'yes')
system web (
  cpu.count = 1 and memory.size >= 512M and net_interface.0.connection = 'net' and disk.0.os.name = 'linux'
)
service site (
  system = 'web' and replicas.min = ${replicaCount} and replicas.max = 14 and
  balancer.port = 80 and balancer.protocol = 'http' and scale.above = 80
)
deploy site
`;

type Platform = SimulatedManager & { readonly database: Database };

async function deployAll({ service, sagas }: Platform): Promise<void> {
  let next = 0;
  const deploySome = async () => {
    while (next < groupCount) {
      const name = `site-${next++}`;
      const request = {
        owner: 'ana',
        name,
        document: { radl: document, dialect: 'trencadis', parameters: {} },
      };
      const signal = AbortSignal.timeout(deadlineMs);
      const planning = await service.plan(request as Parameters<typeof service.plan>[0], signal);
      if (planning.kind !== 'planned') throw new Error(JSON.stringify(planning.diagnostics));
      await service.apply(planning.plan.id, { onFailure: 'undo', actor: 'ana' }, signal);
      const ended = await sagas.wait(planning.plan.id, signal);
      if (ended !== 'succeeded') throw new Error(`${name} is ${ended}.`);
    }
  };
  await Promise.all(Array.from({ length: plansAtOnce }, deploySome));
}

/** Samples at once, of replicas that the fleet leads to. */
function measuringOf(fleet: InfrastructureFleet): Measuring {
  const real = createMeasuring({
    clock: systemClock,
    wayTo: (group, { name }, signal) => fleet.wayTo(group, name, signal),
  });
  const scrape: Measuring['scrape'] = async (group, replicas, signal) => {
    const at = systemClock.now().getTime();
    const cpu: Record<string, { at: number; value: number }> = {};
    await Promise.all(
      replicas.map(async ({ name }) => {
        if ((await fleet.wayTo(group, name, signal)) !== undefined) cpu[name] = { at, value: 55 };
      }),
    );
    return { cpu };
  };
  return Object.assign(real, { scrape });
}

function openController({ database, platform: { world, images }, sagas }: Platform) {
  const parts: ReconcilerParts = { world, images, sagas, log };
  const fleet = new InfrastructureFleet(parts);
  const store = createPostgresServiceStore(database);
  const leadership = createPostgresLeadership({ database, clock: systemClock, log });
  const clock = systemClock;
  const controller = createServiceController({
    fleet,
    store,
    leadership,
    measuring: measuringOf(fleet),
    clock,
    log,
  });
  const close = async () => {
    await controller.close();
    await fleet[Symbol.asyncDispose]();
  };
  return { controller, fleet, store, close };
}

type Opened = ReturnType<typeof openController>;

type IsSo = (view: GroupView) => boolean;

/** How many ms it takes until that is so of all services. */
async function whenAll({ controller, store }: Opened, isSo: IsSo): Promise<number> {
  const begun = performance.now();
  let keys: readonly GroupKey[] = [];
  const look = async () => {
    if (keys.length < groupCount) keys = await store.listGroups();
    const views = keys.flatMap((key) => controller.viewOf(key) ?? []);
    return views.length === groupCount && views.every(isSo) ? performance.now() - begun : undefined;
  };
  const took = await pollUntil(look, { clock: systemClock, everyMs: 20, deadlineMs });
  if (took === undefined) throw new Error('Some services never were as they should be.');
  return took;
}

const isWhole: IsSo = ({ condition, replicas }) =>
  condition === 'ok' && replicas.length === replicaCount && replicas.every(({ vm }) => vm === 'running');

function isDecidedSince(at: number): IsSo {
  return (view) => view.at >= at;
}

/** Stops a VM in every hundredth service; how many ms it takes until another is in service for each. */
async function replacing({ platform: { site } }: Platform, opened: Opened): Promise<number> {
  const keys = await opened.store.listGroups();
  const stopped = keys.flatMap((key, index) =>
    index % 100 === 0 ? (opened.controller.viewOf(key)?.replicas[0]?.name ?? []) : [],
  );
  for (const name of stopped) site.stopVm(name);
  return whenAll(
    opened,
    (view) => isWhole(view) && !view.replicas.some(({ name }) => stopped.includes(name)),
  );
}

async function costOf(work: () => Promise<unknown>) {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  delay.disable();
  return {
    cpuMs: (user + system) / 1000,
    blockedMs: { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 },
  };
}

function show(
  label: string,
  value: number,
  { unit, goal }: { readonly unit: string; readonly goal: number },
) {
  showFigure({ label, value: `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`, ratio: goal / value });
}

async function run(platform: Platform): Promise<void> {
  const begun = performance.now();
  await deployAll(platform);
  const deployedMs = performance.now() - begun;
  console.log(`${groupCount} services deployed in ${(deployedMs / 1000).toFixed(0)} s`);
  const unkept = heapMB();
  let opened = openController(platform);
  opened.controller.start();
  const wholeMs = await whenAll(opened, isWhole);
  console.log(`all in service ${(wholeMs / 1000).toFixed(0)} s later`);
  const kept = await costOf(() => systemClock.sleep(seconds * 1000));
  show('CPU of a tick, all that it takes', (kept.cpuMs * tickSeconds) / seconds, {
    unit: 'ms',
    goal: goals.tickMs,
  });
  show('nothing else could run, p99', kept.blockedMs.p99, { unit: 'ms', goal: goals.tickMs });
  show('nothing else could run, longest', kept.blockedMs.max, { unit: 'ms', goal: goals.tickMs });
  show('heap of keeping them', heapMB() - unkept, { unit: 'MB', goal: goals.heapMB });
  const replacedMs = await replacing(platform, opened);
  console.log(`a stopped VM in every hundredth: all replaced ${(replacedMs / 1000).toFixed(0)} s later`);
  await opened.close();
  opened = openController(platform);
  const at = systemClock.now().getTime();
  opened.controller.start();
  const resumedMs = await whenAll(opened, isDecidedSince(at));
  show('decided on all, by a controller that begins', resumedMs, { unit: 'ms', goal: goals.resumeMs });
  await opened.close();
}

const folder = await mkdtemp(join(tmpdir(), 'trencadis-bench-'));
try {
  const postgres = await startEmbeddedPostgres({ directory: join(folder, 'postgres'), log });
  try {
    await using database = connect(postgres.url);
    await migrate(database, {
      ...sagaMigrations,
      ...infrastructureMigrations,
      ...serviceControllerMigrations,
    });
    const manager = await startManager({ db: database, url: postgres.url }, { concurrency: 16 });
    try {
      await run({ ...manager, database });
    } finally {
      await manager.sagas.close();
      await manager.platform[Symbol.asyncDispose]();
    }
  } finally {
    await postgres.stop();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

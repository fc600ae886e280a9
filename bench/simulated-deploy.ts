/**
 * From `apply` to all VMs running, on the simulated VM manager without latency, durable (DBOS on the embedded
 * PostgreSQL) after every step, without contextualization. CPU seconds are this process's own, planning included;
 * PostgreSQL's come on top.
 * Sizes are arguments: `node bench/simulated-deploy.ts 100 500 1000`; default 100.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@trencadis/clock';
import { openComponentRepository } from '@trencadis/component-repository';
import { brandId, sha256OfText } from '@trencadis/ids';
import { createFixedImages } from '@trencadis/image-catalog/testing';
import {
  type InfrastructureService,
  type Plan,
  type StepWorld,
  createInfrastructureService,
  createPostgresInfrastructureStore,
  createVault,
  infrastructureMigrations,
  infrastructureSteps,
} from '@trencadis/infrastructure';
import { fixedVmms } from '@trencadis/infrastructure/testing';
import { createLog } from '@trencadis/log';
import { type Database, connect, migrate, startEmbeddedPostgres } from '@trencadis/postgres';
import { type SagaRunner, createSagaRunner, sagaMigrations } from '@trencadis/saga';
import { parseSealingKey } from '@trencadis/sealing';
import { type MemoryVmm, createMemoryVmm } from '@trencadis/vmm-memory';
import { showFigure } from './report/show-figure.ts';

/** CPU seconds that IM 2.0 (grycap/im) takes for the same on its simulated cloud, by number of VMs; not durable. */
const secondsOfIm: Readonly<Record<number, number>> = { 100: 0.8, 500: 14, 1000: 55 };
const log = createLog({ name: 'bench', level: 'silent' });
const stepConcurrency = 16;
const deadline = () => AbortSignal.timeout(600_000);

function documentOf(vmCount: number): string {
  return `network private ()
system node (
  cpu.count >= 1 and memory.size >= 512Mi and
  net_interface.0.connection = 'private' and disk.0.os.name = 'linux'
)
deploy node ${vmCount}
`;
}

function createWorld(database: Database, vmm: MemoryVmm, folder: string): StepWorld {
  const store = createPostgresInfrastructureStore(database);
  const sealingKey = parseSealingKey(Buffer.alloc(32, 1).toString('base64url'));
  const shell = {
    run: async () => ({ exitCode: 0, stdout: '', stderr: '' }),
    putFile: async () => undefined,
    getFile: async () => Buffer.alloc(0),
    close: async () => undefined,
  };
  return {
    vmms: fixedVmms(new Map([['memory', vmm]])),
    shells: { connect: async (endpoint) => ({ endpoint, ...shell }) },
    configurators: new Map([
      [
        'puppet',
        {
          name: 'puppet',
          inspect: () => ({ problems: [], componentFiles: [], databases: [], usesPeers: false }),
          configure: async () => undefined,
        },
      ],
    ]),
    components: openComponentRepository({ directory: join(folder, 'components') }),
    store,
    vault: createVault({ store, sealingKey, clock: systemClock }),
    clock: systemClock,
  };
}

const images = createFixedImages([
  {
    id: brandId('VmiId', 'debian'),
    name: 'Debian',
    description: '',
    architecture: 'x86_64',
    operatingSystem: { name: 'linux', flavour: 'Debian', version: '12' },
    applications: [],
    standIns: [],
    artifacts: [{ vmm: 'memory', location: 'debian', digest: sha256OfText('debian') }],
  },
]);

interface Measured {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

async function measure(work: () => Promise<void>): Promise<Measured> {
  const cpuBefore = process.cpuUsage();
  const wallBefore = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpuBefore);
  return { cpuSeconds: (user + system) / 1e6, wallSeconds: (performance.now() - wallBefore) / 1000 };
}

interface Platform {
  readonly service: InfrastructureService;
  readonly sagas: SagaRunner<StepWorld>;
  readonly vmm: MemoryVmm;
}

async function planFor({ service }: Platform, vmCount: number): Promise<Plan> {
  const document = { radl: documentOf(vmCount), dialect: 'trencadis', parameters: {} } as const;
  const planning = await service.plan({ owner: 'bench', name: `nodes-${vmCount}`, document }, deadline());
  if (planning.kind === 'planned') return planning.plan;
  throw new Error(JSON.stringify(planning.diagnostics));
}

async function finish({ sagas }: Platform, { id }: Plan): Promise<void> {
  const status = await sagas.wait(id, deadline());
  if (status !== 'succeeded') throw new Error(`the plan ended ${status}`);
}

/** Deploys, then destroys; answers both. */
async function deployAndDestroy(platform: Platform, vmCount: number): Promise<readonly [Measured, Measured]> {
  const { service, vmm } = platform;
  let infrastructureId: Plan['infrastructureId'] | undefined;
  const deployed = await measure(async () => {
    const plan = await planFor(platform, vmCount);
    ({ infrastructureId } = plan);
    await service.apply(plan.id, { onFailure: 'undo', actor: 'bench' }, deadline());
    await finish(platform, plan);
  });
  if (infrastructureId === undefined || vmm.world.vms.size !== vmCount) throw new Error('not all VMs run');
  const id = infrastructureId;
  const destroyed = await measure(async () =>
    finish(platform, await service.destroy(id, { actor: 'bench' }, deadline())),
  );
  if (vmm.world.leftovers().length > 0) throw new Error('something is left behind');
  return [deployed, destroyed];
}

function show(vmCount: number, [deployed, destroyed]: readonly [Measured, Measured]): void {
  const seconds = (value: number) => `${value.toFixed(2)} s`;
  const baseline = secondsOfIm[vmCount] ?? Number.NaN;
  const { cpuSeconds, wallSeconds } = deployed;
  showFigure({
    label: `CPU, ${vmCount} VMs to running (wall ${seconds(wallSeconds)})`,
    value: seconds(cpuSeconds),
    ratio: baseline / cpuSeconds,
  });
  process.stdout.write(
    `  and to destroy them: CPU ${seconds(destroyed.cpuSeconds)}, wall ${seconds(destroyed.wallSeconds)}\n`,
  );
}

async function run(folder: string, vmCounts: readonly number[]): Promise<void> {
  const postgres = await startEmbeddedPostgres({ directory: join(folder, 'postgres'), log });
  try {
    await using database = connect(postgres.url);
    await migrate(database, { ...sagaMigrations, ...infrastructureMigrations });
    const vmm = createMemoryVmm({ clock: systemClock });
    const world = createWorld(database, vmm, folder);
    const sagas = await createSagaRunner({
      databaseUrl: postgres.url,
      db: database,
      stepKinds: infrastructureSteps,
      makeContext: () => world,
      clock: systemClock,
      concurrency: stepConcurrency,
      log,
    });
    const service = createInfrastructureService({ world, images, sagas });
    await deployAndDestroy({ service, sagas, vmm }, 10);
    for (const vmCount of vmCounts) show(vmCount, await deployAndDestroy({ service, sagas, vmm }, vmCount));
    await sagas.close();
  } finally {
    await postgres.stop();
  }
}

const sizes = process.argv.slice(2).map(Number);
const folder = await mkdtemp(join(tmpdir(), 'trencadis-bench-'));
try {
  await run(folder, sizes.length === 0 ? [100] : sizes);
} finally {
  await rm(folder, { recursive: true, force: true });
}

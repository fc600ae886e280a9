/**
 * What a step of a plan costs beside its own work: independent chains of two steps that do nothing, from `start` to
 * the plan's end, on the embedded PostgreSQL with the durable engine; the log is stored before and after every step.
 * CPU is this process's own (PostgreSQL's comes on top), memory is the highest above what was in use before.
 * Numbers of chains are arguments: `node bench/saga-steps.ts 200 2000 20000`; those are the default.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@trencadis/clock';
import { newPlanId } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { connect, migrate, startEmbeddedPostgres } from '@trencadis/postgres';
import { type PlannedStep, type SagaRunner, createSagaRunner, sagaMigrations } from '@trencadis/saga';
import { doNothing } from '@trencadis/saga/testing/do-nothing';
import { showFigure } from './report/show-figure.ts';

/** CPU ms a step when each step was also checkpointed by DBOS and the log was scanned for it, by number of chains. */
const baselineMs: Readonly<Record<number, number>> = { 200: 0.909, 2000: 0.683, 20_000: 1.712 };
const log = createLog({ name: 'bench', level: 'silent' });
const stepConcurrency = 16;

function chainsOf(count: number): readonly PlannedStep[] {
  return Array.from({ length: count }, (_, index) => {
    const step = (id: string, after: readonly string[]): PlannedStep => ({
      id,
      kind: doNothing.kind,
      title: `do nothing in ${id}`,
      args: { name: id },
      after,
    });
    return [step(`first-${index}`, []), step(`second-${index}`, [`first-${index}`])];
  }).flat();
}

interface Measured {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly memoryMiB: number;
}

async function measure(work: () => Promise<void>): Promise<Measured> {
  const memoryBefore = process.memoryUsage.rss();
  let highest = memoryBefore;
  const sampling = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), 20);
  const wallBefore = performance.now();
  const cpuBefore = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpuBefore);
  clearInterval(sampling);
  return {
    cpuMs: (user + system) / 1000,
    wallMs: performance.now() - wallBefore,
    memoryMiB: (highest - memoryBefore) / 2 ** 20,
  };
}

async function apply(sagas: SagaRunner<object>, steps: readonly PlannedStep[]): Promise<void> {
  const planId = newPlanId();
  await sagas.start({ planId, steps, onFailure: 'undo' });
  const status = await sagas.wait(planId, AbortSignal.timeout(600_000));
  if (status !== 'succeeded') throw new Error(`the plan ended ${status}`);
}

function show(chainCount: number, { cpuMs, wallMs, memoryMiB }: Measured): void {
  const stepCount = 2 * chainCount;
  const perSecond = Math.round((1000 * stepCount) / wallMs);
  showFigure({
    label: `CPU a step, ${chainCount} chains of two (${perSecond} steps/s, +${Math.round(memoryMiB)} MiB)`,
    value: `${(cpuMs / stepCount).toFixed(3)} ms`,
    ratio: (baselineMs[chainCount] ?? Number.NaN) / (cpuMs / stepCount),
  });
}

async function run(folder: string, chainCounts: readonly number[]): Promise<void> {
  const postgres = await startEmbeddedPostgres({ directory: join(folder, 'postgres'), log });
  try {
    await using db = connect(postgres.url);
    await migrate(db, sagaMigrations);
    const sagas = await createSagaRunner({
      databaseUrl: postgres.url,
      db,
      stepKinds: [doNothing],
      makeContext: () => ({}),
      clock: systemClock,
      concurrency: stepConcurrency,
      log,
    });
    await apply(sagas, chainsOf(500));
    for (const count of chainCounts) {
      const steps = chainsOf(count);
      show(count, await measure(() => apply(sagas, steps)));
    }
    await sagas.close();
  } finally {
    await postgres.stop();
  }
}

const sizes = process.argv.slice(2).map(Number);
const folder = await mkdtemp(join(tmpdir(), 'trencadis-bench-'));
try {
  await run(folder, sizes.length === 0 ? [200, 2000, 20_000] : sizes);
} finally {
  await rm(folder, { recursive: true, force: true });
}

import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@trencadis/clock';
import { type PlanId, newPlanId } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { migrate } from '@trencadis/postgres';
import { type TestDatabase, freshDatabase } from '@trencadis/postgres/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StepEvent, createSagaRunner, deriveSagaStatus, sagaMigrations } from './index.ts';
import { createPostgresSagaStore } from './store-postgres.ts';
import { type PeerOptions, spawnPeer } from './testing/spawn-peer.ts';
import { traceChain, traceKind } from './testing/trace-kind.ts';

let directory: string;
let traceFile: string;
let database: TestDatabase;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'trencadis-peers-'));
  traceFile = join(directory, 'trace');
  writeFileSync(traceFile, '');
  database = await freshDatabase();
  await migrate(database.db, sagaMigrations);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await database[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const trace = () => readFileSync(traceFile, 'utf8').split('\n').filter(Boolean);

async function startPeer(options: Pick<PeerOptions, 'planIds' | 'chainLength' | 'stepMs'>) {
  const child = await spawnPeer({ ...options, url: database.url, traceFile });
  children.push(child);
  return child;
}

function launchHere() {
  return createSagaRunner({
    databaseUrl: database.url,
    db: database.db,
    stepKinds: [traceKind(traceFile)],
    makeContext: () => ({}),
    log: createLog({ name: 'test', level: 'silent' }),
    clock: systemClock,
    concurrency: 4,
  });
}

/** Whatever process runs it. */
async function statusOf(planId: PlanId) {
  const store = createPostgresSagaStore(database.db, systemClock);
  const graph = await store.findPlan(planId);
  return graph === undefined ? undefined : deriveSagaStatus(graph, await store.readEvents(planId));
}

async function countEnded(planIds: readonly PlanId[]) {
  const statuses = await Promise.all(planIds.map(statusOf));
  return statuses.filter((status) => status === 'succeeded').length;
}

describe('processes on one database', { timeout: 60_000 }, () => {
  it('lose nothing when one of them is killed: the other goes on with its plans', async () => {
    const planIds = Array.from({ length: 20 }, newPlanId);
    const work = { chainLength: 6, stepMs: 250 };
    const [first] = await Promise.all([
      startPeer({ planIds: planIds.slice(0, 10), ...work }),
      startPeer({ planIds: planIds.slice(10), ...work }),
    ]);
    await expect.poll(() => trace().length, { timeout: 10_000 }).toBeGreaterThan(40);
    first.kill('SIGKILL');
    const traceAtKill = trace();
    expect(await countEnded(planIds)).toBeLessThan(20);
    await expect.poll(() => countEnded(planIds), { timeout: 30_000, interval: 200 }).toBe(20);

    const store = createPostgresSagaStore(database.db, systemClock);
    for (const planId of planIds) {
      const ends = (await store.readEvents(planId)).filter(({ kind }) => kind === 'succeeded');
      expect(ends.map(({ stepId }) => stepId)).toEqual(['s0', 's1', 's2', 's3', 's4', 's5']);
    }
    const done = trace().filter((line) => line.startsWith('done'));
    const twice = done.filter((line, index) => done.indexOf(line) !== index);
    // What was done as the process died, its end not yet in the log, is done again; nothing else is.
    expect(twice.filter((line) => !traceAtKill.slice(-40).includes(line))).toEqual([]);
    expect(twice.length).toBeLessThanOrEqual(8);
  });

  it('begin what a dead one had only saved', async () => {
    await startPeer({ planIds: [], chainLength: 0, stepMs: 0 });
    const graph = traceChain(newPlanId(), 2, 1);
    await createPostgresSagaStore(database.db, systemClock).savePlan(graph);
    await expect.poll(() => statusOf(graph.planId), { timeout: 20_000 }).toBe('succeeded');
  });

  it('go on, after a restart, with what the killed one left', async () => {
    const planId = newPlanId();
    const child = await startPeer({ planIds: [planId], chainLength: 3, stepMs: 300 });
    await expect.poll(trace, { timeout: 10_000 }).toContain(`run ${planId}/1`);
    child.kill('SIGKILL');
    const runner = await launchHere();
    try {
      expect(await runner.wait(planId, AbortSignal.timeout(20_000))).toBe('succeeded');
      expect(trace().filter((line) => line === `run ${planId}/0`)).toHaveLength(1);
    } finally {
      await runner.close();
    }
  });

  it('cancel and follow what another one runs', async () => {
    const planId = newPlanId();
    await startPeer({ planIds: [planId], chainLength: 2, stepMs: 60_000 });
    const runner = await launchHere();
    const heard: StepEvent[] = [];
    const follow = async () => {
      for await (const event of runner.follow(planId, 0, AbortSignal.timeout(20_000))) heard.push(event);
    };
    try {
      await expect.poll(trace, { timeout: 10_000 }).toEqual([`run ${planId}/0`]);
      const following = follow();
      await runner.requestCancel(planId, 'undo');
      expect(await runner.wait(planId, AbortSignal.timeout(10_000))).toBe('undone');
      await following;
      expect(heard).toEqual(await runner.events(planId));
      expect(heard.map(({ stepId, kind }) => `${stepId} ${kind}`)).toEqual([
        's0 started',
        '* cancel-requested',
        's0 failed',
        's1 skipped',
        's0 undo-started',
        's0 undone',
      ]);
      const late: StepEvent[] = [];
      for await (const event of runner.follow(planId, 4, AbortSignal.timeout(5_000))) late.push(event);
      expect(late).toEqual(heard.slice(4));
    } finally {
      await runner.close();
    }
  });
});

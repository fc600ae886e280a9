import { appendFileSync } from 'node:fs';
import { systemClock } from '@trencadis/clock';
import { brandId } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { connect } from '@trencadis/postgres';
import { z } from 'zod';
import { createSagaRunner, defineStepKind, type PlannedStep } from '../index.ts';

/**
 * A process to be killed: starts a plan of six steps in a row (or goes on with it) and waits for its end. Each step
 * writes `run <id>` and `done <id>` into the file TRACE_FILE. Prints the status.
 */
const { DATABASE_URL = '', TRACE_FILE = '', PLAN_ID = '' } = process.env;
const log = createLog({ name: 'chain', level: 'silent' });
const stepMs = 40;

const traceStep = defineStepKind<object, { id: string }>({
  kind: 'trace@1',
  args: z.object({ id: z.string() }),
  run: async ({ signal }, { id }) => {
    appendFileSync(TRACE_FILE, `run ${id}\n`);
    await systemClock.sleep(stepMs, signal);
    appendFileSync(TRACE_FILE, `done ${id}\n`);
  },
  undo: { because: 'a trace stays' },
});

const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
const steps: PlannedStep[] = ids.map((id, index) => ({
  id,
  kind: traceStep.kind,
  title: `trace ${id}`,
  args: { id },
  after: ids.slice(Math.max(0, index - 1), index),
}));

await using db = connect(DATABASE_URL);
const planId = brandId('PlanId', PLAN_ID);
const runner = await createSagaRunner({
  databaseUrl: DATABASE_URL,
  db,
  stepKinds: [traceStep],
  makeContext: () => ({}),
  log,
  clock: systemClock,
  concurrency: 4,
});
await runner.start({ planId, steps, onFailure: 'undo' });
process.stdout.write(await runner.wait(planId));
await runner.close();

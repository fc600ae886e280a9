import { systemClock } from '@trencadis/clock';
import { brandId } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { connect } from '@trencadis/postgres';
import { createSagaRunner } from '../index.ts';
import { traceChain, traceKind } from './trace-kind.ts';

/**
 * One of several processes on a database, to be killed: starts the plans PLAN_IDS, of CHAIN_LENGTH steps that take
 * STEP_MS each, and prints `started`; then does what there is to do.
 */
const { DATABASE_URL = '', TRACE_FILE = '', PLAN_IDS = '', CHAIN_LENGTH = '', STEP_MS = '' } = process.env;

const runner = await createSagaRunner({
  databaseUrl: DATABASE_URL,
  db: connect(DATABASE_URL),
  stepKinds: [traceKind(TRACE_FILE)],
  makeContext: () => ({}),
  log: createLog({ name: 'peer', level: 'silent' }),
  clock: systemClock,
  concurrency: 8,
});
for (const text of PLAN_IDS.split(',').filter(Boolean)) {
  await runner.start(traceChain(brandId('PlanId', text), Number(CHAIN_LENGTH), Number(STEP_MS)));
}
process.stdout.write('started');

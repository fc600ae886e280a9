import { DBOS, type GetWorkflowsInput, StatusString } from '@dbos-inc/dbos-sdk';
import { PlatformError } from '@trencadis/errors';
import type { Log } from '@trencadis/log';
import type { DurableEngine } from './durable-engine.ts';
import { SagaHalted } from './journal.ts';

export interface DbosEngineOptions {
  readonly databaseUrl: string;
  readonly log: Log;
  /** Owns what is started or resumed here. */
  readonly executorId: string;
  /** Work left by another version is not touched. Step kinds carry their own versions. */
  readonly applicationVersion: string;
}

const workflowName = 'apply-plan';
const unfinished = [StatusString.PENDING, StatusString.ENQUEUED, StatusString.DELAYED];
/** DBOS holds one configuration a process. */
let isInUse = false;
let isClosing = false;

export function createDbosEngine(options: DbosEngineOptions): DurableEngine {
  let apply: ((planId: string) => Promise<void>) | undefined;
  return {
    async launch(workflow) {
      claimProcess();
      apply = DBOS.registerWorkflow((planId: string) => hangWhenHalted(workflow(planId)), {
        name: workflowName,
        maxRecoveryAttempts: Number.MAX_SAFE_INTEGER,
      });
      await launchDbos(options);
    },
    async start(workflowId, planId) {
      if (apply === undefined) throw new PlatformError('internal', 'The durable engine was not launched.');
      await DBOS.startWorkflow(apply, { workflowID: workflowId })(planId);
    },
    async adopt(executorId) {
      const { applicationVersion } = options;
      await resume({ executorId, applicationVersion, status: StatusString.PENDING });
    },
    resumeUnfinished: (prefix) => resume({ workflow_id_prefix: prefix, status: unfinished }),
    close: shutDown,
  };
}

async function launchDbos(options: DbosEngineOptions): Promise<void> {
  DBOS.setConfig({
    name: 'trencadis',
    systemDatabaseUrl: withIdleLimit(options.databaseUrl),
    systemDatabaseSchemaName: 'dbos',
    applicationVersion: options.applicationVersion,
    executorID: options.executorId,
    logger: quietLogger(options.log),
    enableOTLP: false,
  });
  try {
    await DBOS.launch();
  } catch (error) {
    await shutDown();
    throw error;
  }
}

/** DBOS would set this by a query beside the first one of each connection, which pg warns of. */
function withIdleLimit(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  const own = url.searchParams.get('options') ?? '';
  url.searchParams.set('options', `${own} -c idle_in_transaction_session_timeout=60000`.trim());
  return url.href;
}

async function shutDown(): Promise<void> {
  isClosing = true;
  try {
    await DBOS.shutdown({ deregister: true });
  } finally {
    isClosing = false;
    isInUse = false;
  }
}

/** Puts them on the queue of the engine; answers whether there were any. */
async function resume(which: GetWorkflowsInput): Promise<boolean> {
  const found = await DBOS.listWorkflows({ ...which, workflowName, loadInput: false, loadOutput: false });
  const ids = found.map(({ workflowID }) => workflowID);
  if (ids.length > 0) await DBOS.resumeWorkflows(ids);
  return ids.length > 0;
}

function claimProcess(): void {
  if (isInUse) throw new PlatformError('conflict', 'This process has a saga runner already: close it first.');
  isInUse = true;
}

/** DBOS would record a rejection as the workflow's end; one that never ends is gone on with at the next launch. */
async function hangWhenHalted(run: Promise<void>): Promise<void> {
  try {
    await run;
  } catch (error) {
    if (error instanceof SagaHalted) return never();
    throw error;
  }
}

function never<Result>(): Promise<Result> {
  return new Promise(() => undefined);
}

function quietLogger(log: Log) {
  const engineLog = log.child({ part: 'dbos' });
  return {
    debug: (entry: unknown) => engineLog.debug({}, String(entry)),
    // Its launch and recovery notes are details to us.
    info: (entry: unknown) => engineLog.debug({}, String(entry)),
    // While closing it warns of the workflows that hang on purpose.
    warn: (entry: unknown) => engineLog[isClosing ? 'debug' : 'warn']({}, String(entry)),
    error: (entry: unknown, about?: { readonly error?: unknown }) =>
      engineLog.error({ error: about?.error }, String(entry)),
  };
}
